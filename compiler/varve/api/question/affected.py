"""Asking what a change touches: which units, which artifacts, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from varve.api.effort import Effort
from varve.api.findings import Findings, Result, count
from varve.api.question.sides import Views, compare
from varve.inquire.affected import Touched, affected
from varve.render.document import document
from varve.render.escape import escape
from varve.world.git.repository import Repository
from varve.world.snapshot.views import View

_SHARED = "what all share"


@dataclass(frozen=True, slots=True)
class Affected(Result):
    """The units that a change touches, by environment and tenant; `findings` are about the files after the change.

    A broken unit keeps its artifacts. If nothing of one side can be compiled, the findings are about that side, and
    nothing is touched.
    """

    findings: Findings
    touched: tuple[Touched, ...] = ()

    @property
    def answer(self) -> str:
        """Each unit with its changed sources and its changed artifacts, as `varve affected` prints them."""
        if not self.touched:
            return "" if self.broken else "nothing is affected\n"
        return "\n".join(_unit_text(each) for each in self.touched) + "\n" + self._counts

    @property
    def _counts(self) -> str:
        units = count((each for each in self.touched if each.unit.tenant), "unit")
        return f"{units}, {count((path for each in self.touched for path in each.artifacts), 'artifact')}\n"

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """The touched units, and the findings."""
        return self.answer + self.findings.text(colour=colour, width=width)

    def json(self) -> str:
        """One JSON document: a list of units; `tenant` is null for what an environment's tenants share."""
        return document(
            [
                {
                    "tenant": each.unit.tenant or None,
                    "environment": each.unit.environment,
                    "because": list(each.because),
                    "artifacts": list(each.artifacts),
                }
                for each in self.touched
            ]
        )


def ask(repository: Repository, base: str, view: View, effort: Effort) -> Affected:
    """The units that differ between the commit `base` and `view`; nothing is written except cached verdicts."""
    return Affected(*compare(repository, Views(base, view), effort, affected))


def _unit_text(touched: Touched) -> str:
    return "".join(f"{line}\n" for line in _lines(touched))


def _lines(touched: Touched) -> Iterator[str]:
    unit = touched.unit
    yield f"{unit.environment}: {unit.tenant or _SHARED}"
    yield from (f"  {escape(path)} changes" for path in touched.because)
    yield from (f"  -> {escape(path)}" for path in touched.artifacts)
