"""Altered values are found by comparing resolved units."""

from hypothesis import given
from hypothesis import strategies as st

from varve.model.diagnostic import Place
from varve.model.layer import Layer, Stack
from varve.model.source import Map
from varve.model.unit import Unit
from varve.policy.subject.altered import altered

ACME = Unit("acme", "production")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.text("ab", max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("xyz"), inner) | st.lists(inner, max_size=2),
    max_leaves=8,
)
MAPS = st.dictionaries(st.sampled_from("xyz"), VALUES)


def found(before: Map, after: Map, stack: Stack | None = None) -> list[tuple[str, object, object]]:
    return [(each.path, each.before, each.after) for each in altered(ACME, before, after, stack or Stack(()))]


def test_maps_are_compared_by_key_and_lists_are_one_value() -> None:
    before: Map = {"a": {"b": 1, "gone": 2}, "l": [1, 2], "same": "x"}
    after: Map = {"a": {"b": 3, "new": None}, "l": [2, 1], "same": "x", "more": {"c": 4}}
    assert found(before, after) == [("a.b", 1, 3), ("a.gone", 2, None), ("l", [1, 2], [2, 1]), ("more", None, {"c": 4})]


def test_true_is_not_one() -> None:
    assert found({"a": True}, {"a": 1}) == [("a", True, 1)]


def test_a_value_is_placed_where_it_is_set() -> None:
    stack = Stack((Layer("tenant", 40, "tenant", "tenants/acme/tenant.yaml", {"locale": "fr_FR"}),))
    (one,) = altered(ACME, {}, {"locale": "fr_FR"}, stack)
    assert (one.tenant, one.environment) == ACME
    assert one.place == Place("tenants/acme/tenant.yaml", ("locale",))


@given(MAPS)
def test_nothing_differs_from_itself(value: Map) -> None:
    assert found(value, value) == []


@given(MAPS, MAPS)
def test_the_reverse_change_alters_the_same_values(before: Map, after: Map) -> None:
    assert found(before, after) == [(path, was, will) for path, will, was in found(after, before)]
