"""A subject is called by its path, and stands where the sources say what is wrong with it."""

from itertools import product

import pytest

from varve.model.diagnostic import Note, Place
from varve.model.layer import Layer, Stack
from varve.model.source import Keys, Map
from varve.policy.subject import subject as subjects
from varve.policy.subject.subject import Known, Origin, Subject, Written, situated
from varve.resolve.word import PATCH, REMOVE

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
def test_what_layers_say_stands_where_they_say_it(keys: Keys, at: Keys, expected: Place) -> None:
    assert situated(Subject({}, keys), at, SOURCE)[0] == expected


def test_whom_a_value_overrode_is_told() -> None:
    _, notes = situated(Subject({}, SHOP), ("tier",), SOURCE)
    assert notes == (Note("a was set here and overridden", Place("tenant.yaml", (*SHOP, "tier"))),)


WRITTEN = Written(Place("file.json", ("name",)), ("groups", 0), ("value",))
IN_FILES: dict[str, tuple[Keys, Place]] = {
    "itself": ((), Place("file.json", ("name",))),
    "a value of the file": (("value", "a"), Place("file.json", ("groups", 0, "a"))),
    "a value that the file does not say": (("value", "b"), Place("file.json", ("name",))),
    "what varve says of the file": (("path",), Place("file.json", ("name",))),
}


@pytest.mark.parametrize(("at", "expected"), IN_FILES.values(), ids=IN_FILES)
def test_what_stands_in_a_file_by_itself_stands_there(at: Keys, expected: Place) -> None:
    subject = Subject({"path": "x", "value": {"a": 1}}, ("dashboards", "a"), WRITTEN)
    assert situated(subject, at, SOURCE) == (expected, ())


def test_it_is_called_by_its_path() -> None:
    assert Subject({}, ("services", "a b")).name == 'services["a b"]'
    assert Subject({}, ()).name == "unit"
    assert Subject({}, SHOP).path(("tier",)) == (*SHOP, "tier")


def test_a_value_and_the_thing_of_that_path_stand_at_one_place() -> None:
    """Whichever of the two is asked for first."""
    for asked in ((SHOP, ("tier",)), ((*SHOP, "tier"), ())), (((*SHOP, "tier"), ()), (SHOP, ("tier",))):
        source = Origin(SOURCE.stack, SOURCE.value)
        found = {keys: situated(Subject({}, keys), at, source) for keys, at in asked}
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
ASKED: tuple[tuple[Keys, Keys], ...] = (
    ((), ()),
    (SHOP, ()),
    (SHOP, ("owner",)),
    (SHOP, ("tier",)),
    (SHOP, ("runbook",)),
    (("labels",), ("team",)),
    (("notify", "routes", "a"), ("receivers", 0)),
)


@pytest.mark.parametrize("others", UNITS.values(), ids=UNITS)
def test_a_unit_is_told_the_same_whoever_was_asked_about_before(others: Stack) -> None:
    known: Known = {}
    value: Map = {"services": {"shop": {"owner": "x", "tier": "a"}}, "labels": {"team": "x"}}
    for stack, (keys, at) in product((others, *UNITS.values()), ASKED):
        shared = situated(Subject({}, keys), at, Origin(stack, value, known))
        assert shared == situated(Subject({}, keys), at, Origin(stack, value))
    assert sum(map(len, known.values())) < len(UNITS) * len(ASKED)


def test_what_is_remembered_of_places_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "_REMEMBERED", 2)
    source = Origin(SOURCE.stack, SOURCE.value)
    for keys, at in ASKED:
        situated(Subject({}, keys), at, source)
        assert max(map(len, source.known.values())) <= 2


def test_what_is_remembered_of_files_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "_TOLD_APART", 2)
    known: Known = {}
    for number in range(8):
        layer = Layer("tenant", 0, "tenant", f"{number}.yaml", {"labels": {"team": "x"}})
        place, _ = situated(Subject({}, ("labels",)), ("team",), Origin(Stack((layer,)), layer.value, known))
        assert place == Place(f"{number}.yaml", ("labels", "team"))
        assert len(known) <= 2
