import pytest

from varve.model.layer import Layer
from varve.model.source import Keys, Map
from varve.resolve.keyword import has_no_keyword


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
def test_values_are_not_keywords(value: Map) -> None:
    assert has_no_keyword(layer(value))


@pytest.mark.parametrize(
    "value",
    [
        {"$patch": "replace"},
        {"a": {"b": {"$remove": ["c"]}}},
        {"a": ["b", [{"c": 1, "$nope": 2}]]},
    ],
)
def test_a_key_with_a_dollar_sign_is_a_keyword_at_any_depth(value: Map) -> None:
    assert not has_no_keyword(layer(value))
    assert not has_no_keyword(layer({"services": {"checkout": value}}, ("services", "checkout")))


def test_the_keys_around_a_wrapped_value_are_checked_too() -> None:
    service: Map = {"owner": "team"}
    assert has_no_keyword(layer({"services": {"checkout": service}}, ("services", "checkout")))
    patched: Map = {"services": {"checkout": service, "$patch": "replace"}}
    assert not has_no_keyword(layer(patched, ("services", "checkout")))
    assert not has_no_keyword(layer({"services": {"$checkout": service}}, ("services", "$checkout")))
    assert has_no_keyword(layer({"users": service}, ("services", "checkout")))
