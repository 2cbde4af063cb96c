"""A generation is the state of the files at one moment, whatever happens to them."""

from pathlib import Path

import varve
from varve.api.config import generation
from varve.api.config.generation import Files, Generation
from varve.api.opening import open_view
from varve.model.diagnostic import Report
from varve.model.snapshot import Entry
from varve.model.unit import Unit
from varve.world.snapshot.views import WorkTree

UNIT = Unit("acme", "production")


def begun(folder: Path) -> Generation:
    report = Report()
    opening = open_view(varve.open(folder).repository, WorkTree(), report)
    assert opening
    found = generation.begin(opening, report)
    assert found
    return found


def test_a_unit_that_is_read_later_has_the_values_of_the_generation(repository: Path) -> None:
    found = begun(repository)
    file = repository / "tenants/acme/services/checkout.yaml"
    file.write_text(file.read_text().replace("payments", "shop"))
    value = generation.answer(found, UNIT).value
    assert value == begun_before(repository)
    assert generation.answer(begun(repository), UNIT).value != value


def begun_before(repository: Path) -> object:
    return varve.open(repository).unit(*UNIT).resolve("main").value


def test_a_generation_knows_its_units(repository: Path) -> None:
    found = begun(repository)
    assert generation.units(found) == (Unit("acme", "staging"), UNIT)
    assert generation.has(found, UNIT)
    assert not generation.has(found, Unit("acme", "moon"))
    assert not generation.has(found, Unit("umbra", "production"))
    assert generation.answer(found, Unit("umbra", "production")).broken
    assert not found.answers


def test_two_states_differ_in_what_was_added_removed_changed_or_cannot_be_read() -> None:
    one, other = Entry("1" * 40, "100644"), Entry("2" * 40, "100644")
    before = Files({"same": one, "gone": one, "changed": one}, frozenset({"link"}))
    after = Files({"same": one, "new": one, "changed": other}, frozenset({"pipe"}))
    assert after.changed(before) == {"gone", "new", "changed", "link", "pipe"} == before.changed(after)
    assert not before.changed(before)


def test_artifacts_are_no_sources(repository: Path) -> None:
    found = generation.files(begun(repository).opening)
    assert "varve.yaml" in found.entries
    assert not [path for path in found.entries if path.startswith("build/")]
