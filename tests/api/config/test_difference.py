"""The differences between two values turn one into the other, and contain nothing else."""

from itertools import combinations_with_replacement
from typing import Final, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.api.config.difference import Difference, differences, same
from varve.api.config.section import Section, at, thawed
from varve.language import name
from varve.model.source import Map, Value
from varve.model.unit import Unit

UNIT: Final = Unit("acme", "production")
SCALARS: Final = (
    st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from([0.0, 1.0]) | st.text("ab", max_size=2)
)
VALUES: Final = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", "a b"]), inner, max_size=3),
    max_leaves=8,
)
MAPS: Final = st.dictionaries(st.sampled_from(["a", "b", "c.d"]), VALUES, max_size=3)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    {
        "another value": ({"a": {"b": 1}}, {"a": {"b": 2}}, [("a.b", "changed", 1, 2)]),
        "a value that is new": ({}, {"a": None}, [("a", "added", None, None)]),
        "a value that is gone": ({"a": {"b": 1}}, {"a": {}}, [("a.b", "removed", 1, None)]),
        "a list, as a whole": ({"a": [1, 2]}, {"a": [1]}, [("a", "changed", (1, 2), (1,))]),
        "a scalar for a map": ({"a": {"b": 1}}, {"a": 1}, [("a", "changed", {"b": 1}, 1)]),
        "true for 1": ({"a": [1]}, {"a": [True]}, [("a", "changed", (1,), (True,))]),
        "a key that is not plain": ({"a b": 1}, {}, [('["a b"]', "removed", 1, None)]),
        "another order": ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        "a unit that is new": (None, {"a": 1}, [("", "added", None, {"a": 1})]),
        "a unit that is gone": ({"a": 1}, None, [("", "removed", {"a": 1}, None)]),
        "no unit": (None, None, []),
    }.values(),
)
def test_differences_between_two_values(
    before: Map | None, after: Map | None, expected: list[tuple[object, ...]]
) -> None:
    assert [each[1:] for each in differences(UNIT, before, after)] == expected


@given(MAPS, MAPS)
def test_applying_the_differences_gives_the_second_value(before: Map, after: Map) -> None:
    value = cast("Map", thawed(before))
    for each in differences(UNIT, before, after):
        _apply(value, each)
    assert same(value, after)


def _apply(value: Map, difference: Difference) -> None:
    keys = name.keys(difference.path)
    assert keys
    holder, key = cast("Map", at(value, keys[:-1])), cast("str", keys[-1])
    assert (key in holder) == (difference.kind != "added")
    if difference.kind == "removed":
        del holder[key]
    else:
        holder[key] = _plain(difference.after)


def _plain(value: object) -> Value:
    match value:
        case Section():
            return {key: _plain(value[key]) for key in value}
        case tuple():
            return [_plain(each) for each in value]
    return cast("Value", value)


@given(st.lists(VALUES, max_size=3))
def test_equal_values_have_no_differences(values: list[Value]) -> None:
    for one, other in combinations_with_replacement(values, 2):
        assert same(one, other) == (not list(differences(UNIT, {"a": one}, {"a": thawed(other)})))
        assert same(one, other) == (repr(_sorted(one)) == repr(_sorted(other)))


def _sorted(value: Value) -> object:
    match value:
        case dict():
            return {key: _sorted(value[key]) for key in sorted(value)}
        case list():
            return [_sorted(each) for each in value]
    return value
