"""A subject is named by its path, and its place is where the sources set the wrong value."""

from itertools import product

import pytest

from varve.model.diagnostic import Note, Place
from varve.model.layer import Layer, Stack
from varve.model.source import Keys, Map
from varve.policy.subject import subject as subjects
from varve.policy.subject.subject import Origin, PlaceCache, Subject, Written, located
from varve.resolve.keyword import PATCH, REMOVE

WEAK: Map = {"tenant": {"name": "A"}, "services": {"shop": {"owner": "x", "tier": "a"}}}
STRONG: Map = {"services": {"shop": {"tier": "b"}}}
SOURCE = Origin(
    Stack((Layer("tenant", 0, "tenant", "tenant.yaml", WEAK), Layer("overlay", 1, "tenant", "over.yaml", STRONG))),
    {"tenant": {"name": "A"}, "services": {"shop": {"owner": "x", "tier": "b"}}},
)
SHOP: Keys = ("services", "shop")
IN_LAYERS: dict[str, tuple[Keys, Keys, Place]] = {
    "a value": (SHOP, ("tier",), Place("over.yaml", (*SHOP, "tier"))),
    "a value that nobody says": (SHOP, ("runbook",), Place("tenant.yaml", SHOP, "key")),
    "itself": (SHOP, (), Place("over.yaml", SHOP, "key")),
    "a whole unit": ((), (), Place("tenant.yaml", ("tenant",), "key")),
    "a value of a whole unit": ((), ("tenant", "name"), Place("tenant.yaml", ("tenant", "name"))),
}


@pytest.mark.parametrize(("keys", "at", "expected"), IN_LAYERS.values(), ids=IN_LAYERS)
def test_values_of_layers_are_placed_in_the_layers(keys: Keys, at: Keys, expected: Place) -> None:
    assert located(Subject({}, keys), at, SOURCE)[0] == expected


def test_overridden_values_are_noted() -> None:
    _, notes = located(Subject({}, SHOP), ("tier",), SOURCE)
    assert notes == (Note("a was set here and overridden", Place("tenant.yaml", (*SHOP, "tier"))),)


WRITTEN = Written(Place("file.json", ("name",)), ("groups", 0), ("value",))
IN_FILES: dict[str, tuple[Keys, Place]] = {
    "itself": ((), Place("file.json", ("name",))),
    "a value of the file": (("value", "a"), Place("file.json", ("groups", 0, "a"))),
    "a value that the file does not say": (("value", "b"), Place("file.json", ("name",))),
    "what varve says of the file": (("path",), Place("file.json", ("name",))),
}


@pytest.mark.parametrize(("at", "expected"), IN_FILES.values(), ids=IN_FILES)
def test_values_of_a_subjects_own_file_are_placed_there(at: Keys, expected: Place) -> None:
    subject = Subject({"path": "x", "value": {"a": 1}}, ("dashboards", "a"), WRITTEN)
    assert located(subject, at, SOURCE) == (expected, ())


def test_a_subject_is_named_by_its_path() -> None:
    assert Subject({}, ("services", "a b")).name == 'services["a b"]'
    assert Subject({}, ()).name == "unit"
    assert Subject({}, SHOP).path(("tier",)) == (*SHOP, "tier")


def test_a_value_and_the_subject_of_that_path_have_the_same_place() -> None:
    """The order of the two look-ups does not matter."""
    for lookups in ((SHOP, ("tier",)), ((*SHOP, "tier"), ())), (((*SHOP, "tier"), ()), (SHOP, ("tier",))):
        source = Origin(SOURCE.stack, SOURCE.value)
        found = {keys: located(Subject({}, keys), at, source) for keys, at in lookups}
        notes = (Note("a was set here and overridden", Place("tenant.yaml", (*SHOP, "tier"))),)
        assert found[SHOP] == (Place("over.yaml", (*SHOP, "tier")), notes)
        assert found[*SHOP, "tier"] == (Place("over.yaml", (*SHOP, "tier"), "key"), notes)


def platform(file: str, value: Map) -> Layer:
    return Layer("environment", 0, "platform", file, value)


def overlay(file: str, value: Map) -> Layer:
    return Layer("overlay", 2, "tenant", file, value)


OWN = Layer("tenant", 1, "tenant", "tenant.yaml", {"services": {"shop": {"owner": "%{labels.team}", "tier": "a"}}})
PART: Map = {"owner": "x"}
UNITS: dict[str, Stack] = {
    "as its tenant says": Stack((OWN,)),
    "of an environment": Stack((platform("dev.yaml", {"labels": {"team": "x"}}), OWN)),
    "of an environment that says another label": Stack((platform("prod.yaml", {"labels": {"team": "y"}}), OWN)),
    "that says a value anew": Stack((OWN, overlay("anew.yaml", {"services": {"shop": {"tier": "b"}}}))),
    "without the service": Stack((OWN, overlay("less.yaml", {"services": {REMOVE: ["shop"]}}))),
    "without the value": Stack((OWN, overlay("gone.yaml", {"services": {"shop": {"tier": None}}}))),
    "with another service": Stack((OWN, overlay("other.yaml", {"services": {"shop": {PATCH: "replace", "n": 1}}}))),
    "that removes what nobody says": Stack((platform("none.yaml", {REMOVE: ["tenant"]}), OWN)),
    "where a file speaks of the shop": Stack((Layer("a", 0, "tenant", "p.yaml", {"services": {"shop": PART}}, SHOP),)),
    "where it speaks of all": Stack((Layer("b", 0, "tenant", "p.yaml", {"services": {"shop": PART}}),)),
    "where it is the platform's": Stack((Layer("b", 0, "platform", "p.yaml", {"services": {"shop": PART}}), OWN)),
    "of no files": Stack(()),
}
LOOKUPS: tuple[tuple[Keys, Keys], ...] = (
    ((), ()),
    (SHOP, ()),
    (SHOP, ("owner",)),
    (SHOP, ("tier",)),
    (SHOP, ("runbook",)),
    (("labels",), ("team",)),
    (("notify", "routes", "a"), ("receivers", 0)),
)


@pytest.mark.parametrize("others", UNITS.values(), ids=UNITS)
def test_cached_places_do_not_depend_on_units_before(others: Stack) -> None:
    places: PlaceCache = {}
    value: Map = {"services": {"shop": {"owner": "x", "tier": "a"}}, "labels": {"team": "x"}}
    for stack, (keys, at) in product((others, *UNITS.values()), LOOKUPS):
        shared = located(Subject({}, keys), at, Origin(stack, value, places))
        assert shared == located(Subject({}, keys), at, Origin(stack, value))
    assert sum(map(len, places.values())) < len(UNITS) * len(LOOKUPS)


def test_the_cache_of_places_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "_CACHE_SIZE", 2)
    source = Origin(SOURCE.stack, SOURCE.value)
    for keys, at in LOOKUPS:
        located(Subject({}, keys), at, source)
        assert max(map(len, source.places.values())) <= 2


def test_the_cache_of_stacks_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "_CACHED_STACKS", 2)
    places: PlaceCache = {}
    for number in range(8):
        layer = Layer("tenant", 0, "tenant", f"{number}.yaml", {"labels": {"team": "x"}})
        place, _ = located(Subject({}, ("labels",)), ("team",), Origin(Stack((layer,)), layer.value, places))
        assert place == Place(f"{number}.yaml", ("labels", "team"))
        assert len(places) <= 2
