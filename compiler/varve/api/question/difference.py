"""To ask what a change means: which values, alerts, routes and artifacts differ, and for whom."""

from dataclasses import dataclass
from functools import partial

from varve.api.effort import Effort
from varve.api.findings import Findings, Result
from varve.api.question.sides import Views, compare
from varve.inquire.difference.difference import difference
from varve.model.difference import Difference as Differing
from varve.render import difference as saying
from varve.world.executor.fork import forked
from varve.world.git.repository import Repository
from varve.world.snapshot.views import View


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


def ask(repository: Repository, base: str, view: View, effort: Effort) -> Difference:
    """What the way from the commit `base` to `view` means; nothing is written but what the cache remembers."""
    meaning = partial(difference, executor=forked(effort.jobs))
    return Difference(*compare(repository, Views(base, view), effort, meaning))
