"""The state of a repository at one moment, and the resolved units, cached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from varve import pipeline
from varve.api.config.section import Frozen, Section
from varve.api.findings import gather
from varve.api.opening import Opening, reporting_git_errors, unit_exists
from varve.api.question.resolve import Answer, of_unit, resolved
from varve.model.diagnostic import Diagnostic, Report
from varve.model.snapshot import Entry
from varve.model.source import Map
from varve.model.unit import Unit
from varve.read.reading import reading


class Files(NamedTuple):
    """What distinguishes two states of the sources: their entries by path, and the files that cannot be read."""

    entries: Mapping[str, Entry]
    refused: frozenset[str]

    def changed(self, other: "Files") -> frozenset[str]:
        """The paths of the files that differ between the two."""
        differing = self.entries.items() ^ other.entries.items()
        return frozenset(path for path, _ in differing) | (self.refused ^ other.refused)


@dataclass(frozen=True, slots=True)
class Generation:
    """The state of a repository at one moment, the diagnostics about its files, and the answers that were given since.

    `found` are the values of sound units by the paths that were read. Readers take no lock; `lock` is for adding
    answers.
    """

    opening: Opening
    opened: pipeline.Opened
    diagnostics: tuple[Diagnostic, ...]
    lock: Lock = field(default_factory=Lock)
    answers: dict[Unit, Answer] = field(default_factory=dict)
    found: dict[tuple[str, str], dict[str, Frozen]] = field(default_factory=dict)


def files(opening: Opening) -> Files:
    """The state of the sources, without artifacts."""
    snapshot = opening.snapshot
    sources = {path: entry for path, entry in snapshot.entries.items() if not path.startswith("build/")}
    return Files(sources, frozenset(path for path in snapshot.refused if not path.startswith("build/")))


def begin(opening: Opening, report: Report) -> Generation | None:
    """A generation without any answers yet; None if the repository is broken, which is reported."""
    opened = None
    with reporting_git_errors(report):
        opened = pipeline.open_repository(opening.snapshot, report)
    return Generation(opening, opened, tuple(report)) if opened else None


def has(generation: Generation, unit: Unit) -> bool:
    """Whether there is such a unit."""
    return unit.tenant in generation.opened.tenants and unit.environment in generation.opened.settings.environments


def units(generation: Generation) -> tuple[Unit, ...]:
    """All units of the repository."""
    opened = generation.opened
    return tuple(Unit(tenant, name) for tenant in opened.tenants for name in opened.settings.environments)


def answer(generation: Generation, unit: Unit) -> Answer:
    """The resolved unit, cached if it exists; if several threads ask at once, one does the work."""
    known, report = generation.answers.get(unit), Report()
    if known is not None or not unit_exists(generation.opened, unit, report):
        return known or Answer(gather(report))
    with generation.lock:
        if unit not in generation.answers:
            remember(generation, unit, resolve(generation, unit))
        return generation.answers[unit]


def remember(generation: Generation, unit: Unit, answer: Answer) -> None:
    """Cache the answer of a unit."""
    if answer.value is not None:
        generation.found[unit] = {"": Section(answer.value)}
    generation.answers[unit] = answer


def resolve(generation: Generation, unit: Unit) -> Answer:
    """The resolved value of an existing unit, computed now."""
    value, report = _resolved(generation.opened, unit)
    if value is None:
        # Mistakes in shared files are reported only once, so a broken unit is resolved again to get all of them.
        report = Report()
        report.extend(generation.diagnostics)
        view = reading(generation.opening.snapshot, report)
        anew = generation.opened._replace(reading=view, judged={}, folded={})
        value, found = _resolved(anew, unit)
        report.extend(found)
    own = Report()
    own.extend(of_unit(report, unit))
    return Answer(gather(own, generation.opening.snapshot), value)


def _resolved(opened: pipeline.Opened, unit: Unit) -> tuple[Map | None, Report]:
    value, report = None, Report()
    with reporting_git_errors(report):
        value = resolved(opened, unit, report)
    return value, report
