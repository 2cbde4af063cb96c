"""Two keys are one where they hold the very same value, or one that says the same."""

from functools import lru_cache

import pytest

from varve.language.same import Same, spelt
from varve.model.source import Map


def test_a_value_equals_itself_alone() -> None:
    one, other = {"a": 1}, {"a": 1}
    assert Same(one) == Same(one)
    assert Same(one) != Same(other)
    assert Same(one) != one
    assert len({Same(one), Same(one), Same(other)}) == len((one, other))


def test_what_is_remembered_of_a_value_is_never_told_of_another() -> None:
    @lru_cache(maxsize=4)
    def size(value: Same[list[int]]) -> int:
        return len(value.value)

    assert [size(Same([0] * length)) for length in range(100)] == list(range(100))


def test_maps_that_say_the_same_have_one_key_by_what_they_say() -> None:
    said: list[Map] = [{"a": [1, "b"]}, {"a": None}, {"a": {"é": ["\u200b", 0.5, 1 << 80]}}]
    for value in said:
        text = "".join(reversed("ba"))  # no part is held by both, and Python knows only some of them by heart
        assert spelt({text: value, "c": text}) == spelt({"ab": {**value}, "c": "ab"})
        assert hash(spelt(value)) == hash(spelt({**value}))


@pytest.mark.parametrize("other", [{"a": True}, {"a": 1.0}, {"a": "1"}, {"b": 1}, {"a": 1, "b": 1}, {"a": [1]}])
def test_maps_that_say_something_else_have_another(other: Map) -> None:
    assert spelt({"a": 1}) != spelt(other)


def test_the_order_of_keys_counts() -> None:
    assert spelt({"a": 1, "b": 2}) != spelt({"b": 2, "a": 1})


def test_the_key_of_a_value_does_not_change_with_it() -> None:
    value: Map = {"a": 1}
    key = spelt(value)
    value["a"] = 2
    assert key == spelt({"a": 1})


@pytest.mark.parametrize("value", [type("Word", (str,), {})("b"), object()], ids=["a string that is more", "no value"])
def test_what_is_no_plain_data_has_no_key_by_what_it_says(value: str) -> None:
    with pytest.raises(ValueError, match="unmarshallable"):
        spelt({"a": value})
