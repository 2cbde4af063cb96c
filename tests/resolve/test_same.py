"""Two keys are one where they hold the very same value, or one that says the same."""

import pytest

from varve.resolve.same import Same, spelt


def test_the_same_value_is_one_key() -> None:
    value = {"a": 1}
    assert Same(value) == Same(value)
    assert {Same(value): "known"}[Same(value)] == "known"


def test_a_value_that_says_the_same_is_another_key() -> None:
    one = {"a": 1}
    other = {"a": 1}
    assert Same(one) != Same(other)
    assert len({Same(one), Same(other)}) == 2


def test_a_key_is_no_value() -> None:
    value = {"a": 1}
    assert Same(value) != value


def test_maps_that_say_the_same_have_one_key_by_what_they_say() -> None:
    assert spelt({"a": [1, "b"]}) == spelt({"a": [1, "b"]})
    assert hash(spelt({"a": None})) == hash(spelt({"a": None}))


@pytest.mark.parametrize("other", [{"a": True}, {"a": 1.0}, {"a": "1"}, {"b": 1}, {"a": 1, "b": 1}])
def test_maps_that_say_something_else_have_another(other: dict[str, object]) -> None:
    assert spelt({"a": 1}) != spelt(other)  # type: ignore[arg-type]


def test_the_order_of_keys_counts() -> None:
    assert spelt({"a": 1, "b": 2}) != spelt({"b": 2, "a": 1})
