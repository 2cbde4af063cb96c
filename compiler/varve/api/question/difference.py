"""To ask what a change means: which values, alerts, routes and artifacts differ, and for whom."""

from dataclasses import dataclass

from varve.api.effort import Effort
from varve.api.findings import Findings, Result, beside
from varve.api.question.sides import Views, compare
from varve.inquire.affected import Side
from varve.inquire.difference.difference import difference
from varve.model.diagnostic import Report
from varve.model.difference import Difference as Differing
from varve.model.unit import Selection
from varve.render import difference as saying
from varve.world.executor.fork import forked
from varve.world.git.repository import Repository


@dataclass(frozen=True, slots=True)
class Difference(Result):
    """The changes, each once, by the units that have them; `findings` are what is wrong after them.

    Of a unit that is broken nothing but that is known, and what became of the artifacts that it keeps. Where nothing of
    one side can be compiled, the findings are what is wrong there, and nothing is known of what differs.
    """

    findings: Findings
    differences: tuple[Differing, ...] = ()

    @property
    def answer(self) -> str:
        """What differs, by the units in which it does, as the command prints it."""
        return "" if self.broken and not self.differences else saying.text(self.differences)

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """What differs, and what was found on the way."""
        return self.answer + self.findings.text(colour=colour, width=width)

    def json(self) -> str:
        """All of it as one JSON document: a list of changes, each with its units."""
        return saying.json(self.differences)


def ask(repository: Repository, way: Views, selection: Selection, effort: Effort) -> Difference:
    """What a way means for what is selected; nothing is written but what the cache remembers."""
    report = Report()

    def meaning(before: Side, after: Side) -> tuple[Differing, ...]:
        return difference(before, after, selection, report, forked(effort.jobs))

    findings, differences = compare(repository, way, effort, meaning)
    own = findings if selection.tenant is None else _of_tenant(selection.tenant, findings)
    return Difference(beside(own, report), differences)


def _of_tenant(tenant: str, findings: Findings) -> Findings:
    """What is found anywhere but in the folders of other tenants."""
    own = f"tenants/{tenant}/"
    files = ((each, each.diagnostic.place.file if each.diagnostic.place else own) for each in findings.situated)
    return Findings(tuple(each for each, file in files if file.startswith(own) or not file.startswith("tenants/")))
