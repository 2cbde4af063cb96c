"""Resolving: the one value that the layers of a unit merge to."""

from collections.abc import Iterator
from dataclasses import dataclass

from varve import pipeline
from varve.api.findings import Findings, Result, gather
from varve.api.opening import Opening, open_unit, open_view, reporting_git_errors
from varve.language import canonical
from varve.model.diagnostic import Diagnostic, Report
from varve.model.source import Map
from varve.model.unit import Unit
from varve.world.git.repository import Repository
from varve.world.snapshot.views import View


@dataclass(frozen=True, slots=True)
class Answer(Result):
    """The resolved unit: a dict of dicts, lists and scalars, or None if the unit is broken or does not exist."""

    findings: Findings
    value: Map | None = None

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """The findings, and below them the value as canonical YAML."""
        value = "" if self.value is None else canonical.yaml(self.value).decode()
        return self.findings.text(colour=colour, width=width) + value


def resolve(repository: Repository, unit: Unit, view: View) -> Answer:
    """The resolved unit, in `view`."""
    report = Report()
    opening = open_view(repository, view, report)
    return answer(opening, unit, report) if opening else Answer(gather(report))


def answer(opening: Opening, unit: Unit, report: Report) -> Answer:
    """The resolved unit; its findings leave out what was reported about other tenants."""
    value = None
    with reporting_git_errors(report):
        opened = open_unit(opening, unit, report)
        value = resolved(opened, unit, report) if opened else None
    own = Report()
    own.extend(of_unit(report, unit))
    return Answer(gather(own, opening.snapshot), value)


def resolved(opened: pipeline.Opened, unit: Unit, report: Report) -> Map | None:
    """The value of an existing unit; None if it or its environment is broken, which is reported."""
    own = Report()
    environment = pipeline.resolve_environment(opened, unit.environment, own)
    found = pipeline.resolve_unit(opened, unit, own) if environment else None
    sound = found if environment and found and pipeline.is_consistent(opened, environment, found, own) else None
    report.extend(own)
    return sound.value if sound else None


def of_unit(report: Report, unit: Unit) -> Iterator[Diagnostic]:
    """The diagnostics that concern a unit: all but those in folders of other tenants and in artifacts."""
    for each in report:
        file = each.place.file if each.place else ""
        if not file.startswith(("tenants/", "build/")) or file.startswith(f"tenants/{unit.tenant}/"):
            yield each
