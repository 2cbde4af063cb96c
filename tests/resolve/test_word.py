import pytest

from varve.model.layer import Layer
from varve.model.source import Keys, Map
from varve.resolve.word import is_wordless


def layer(value: Map, into: Keys = ()) -> Layer:
    return Layer("services", 50, "tenant", "tenants/acme/services/checkout.yaml", value, into)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a": "$patch", "b": {"c$": ["$remove", {"d": "{{ $labels.queue }}"}]}},
        {"a": {"b": [[{"c": None}]]}},
    ],
)
def test_values_are_no_words(value: Map) -> None:
    assert is_wordless(layer(value))


@pytest.mark.parametrize(
    "value",
    [
        {"$patch": "replace"},
        {"a": {"b": {"$remove": ["c"]}}},
        {"a": ["b", [{"c": 1, "$nope": 2}]]},
    ],
)
def test_a_key_with_a_dollar_sign_is_a_word_however_deep_it_stands(value: Map) -> None:
    assert not is_wordless(layer(value))
    assert not is_wordless(layer({"services": {"checkout": value}}, ("services", "checkout")))


def test_what_a_file_says_is_looked_at_and_what_stands_beside_it() -> None:
    said: Map = {"owner": "team"}
    assert is_wordless(layer({"services": {"checkout": said}}, ("services", "checkout")))
    beside: Map = {"services": {"checkout": said, "$patch": "replace"}}
    assert not is_wordless(layer(beside, ("services", "checkout")))
    assert not is_wordless(layer({"services": {"$checkout": said}}, ("services", "$checkout")))
    assert is_wordless(layer({"users": said}, ("services", "checkout")))
