"""Keys are equal for the identical value, or for equal content."""

from functools import lru_cache

import pytest

from varve.language.cache_key import IdentityKey, content_key
from varve.model.source import Map


def test_a_value_equals_itself_alone() -> None:
    one, other = {"a": 1}, {"a": 1}
    assert IdentityKey(one) == IdentityKey(one)
    assert IdentityKey(one) != IdentityKey(other)
    assert IdentityKey(one) != one
    assert len({IdentityKey(one), IdentityKey(one), IdentityKey(other)}) == len((one, other))


def test_cached_results_are_never_those_of_another_value() -> None:
    @lru_cache(maxsize=4)
    def size(value: IdentityKey[list[int]]) -> int:
        return len(value.value)

    assert [size(IdentityKey([0] * length)) for length in range(100)] == list(range(100))


def test_maps_with_equal_content_have_equal_keys() -> None:
    values: list[Map] = [{"a": [1, "b"]}, {"a": None}, {"a": {"é": ["\u200b", 0.5, 1 << 80]}}]
    for value in values:
        text = "".join(reversed("ba"))  # not the same object in both maps, and not always interned
        assert content_key({text: value, "c": text}) == content_key({"ab": {**value}, "c": "ab"})
        assert hash(content_key(value)) == hash(content_key({**value}))


@pytest.mark.parametrize("other", [{"a": True}, {"a": 1.0}, {"a": "1"}, {"b": 1}, {"a": 1, "b": 1}, {"a": [1]}])
def test_maps_with_other_content_have_other_keys(other: Map) -> None:
    assert content_key({"a": 1}) != content_key(other)


def test_the_order_of_keys_counts() -> None:
    assert content_key({"a": 1, "b": 2}) != content_key({"b": 2, "a": 1})


def test_the_key_of_a_value_does_not_change_with_it() -> None:
    value: Map = {"a": 1}
    key = content_key(value)
    value["a"] = 2
    assert key == content_key({"a": 1})


@pytest.mark.parametrize("value", [type("Word", (str,), {})("b"), object()], ids=["a string that is more", "no value"])
def test_values_that_are_not_plain_data_have_no_content_key(value: str) -> None:
    with pytest.raises(ValueError, match="unmarshallable"):
        content_key({"a": value})
