"""Asking what a change means: which values, alerts, routes and artifacts differ, and in which units."""

from dataclasses import dataclass

from varve.api.effort import Effort
from varve.api.findings import Findings, Result, with_report
from varve.api.question.sides import Views, compare
from varve.inquire.affected import Side
from varve.inquire.difference.difference import difference
from varve.model.diagnostic import Report
from varve.model.difference import Difference as Differing
from varve.model.unit import Selection
from varve.render import difference as rendering
from varve.world.executor.fork import forked
from varve.world.git.repository import Repository


@dataclass(frozen=True, slots=True)
class Difference(Result):
    """The changes, each once, with the units that have them; `findings` are about the files after the change.

    Of a broken unit only that is known, and how the artifacts that it keeps have changed. If nothing of one side can be
    compiled, the findings are about that side, and there are no differences.
    """

    findings: Findings
    differences: tuple[Differing, ...] = ()

    @property
    def answer(self) -> str:
        """The differences by units, as `varve diff` prints them."""
        return "" if self.broken and not self.differences else rendering.text(self.differences)

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """The differences, and the findings."""
        return self.answer + self.findings.text(colour=colour, width=width)

    def json(self) -> str:
        """One JSON document: a list of changes, each with its units."""
        return rendering.json(self.differences)


def ask(repository: Repository, views: Views, selection: Selection, effort: Effort) -> Difference:
    """The differences between two views, for the selected units; nothing is written except cached verdicts."""
    report = Report()

    def meaning(before: Side, after: Side) -> tuple[Differing, ...]:
        return difference(before, after, selection, report, forked(effort.jobs))

    findings, differences = compare(repository, views, effort, meaning, selection)
    return Difference(with_report(findings, report), differences)
