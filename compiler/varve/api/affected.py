"""To ask what a change touches: which units, which artifacts, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from varve.api.effort import Effort, Work, working
from varve.api.findings import Findings, Result, count, gather
from varve.api.opening import Opening, asking_git, compile_opening, open_view
from varve.model.diagnostic import Report
from varve.model.unit import Selection
from varve.pipeline.affected import Side, Touched, affected
from varve.render.document import document
from varve.render.escape import escape
from varve.world.executor import missing_workers
from varve.world.git import Commit, View
from varve.world.repository import Repository

_SHARED = "what all share"


@dataclass(frozen=True, slots=True)
class Affected(Result):
    """The units that a change touches, by environment and tenant; `findings` are what is said of both of its sides.

    Where one of them cannot be compiled, nothing is known of what is touched.
    """

    findings: Findings
    touched: tuple[Touched, ...] = ()

    @property
    def answer(self) -> str:
        """Each unit with its sources that changed and its artifacts that become others, as the command prints them."""
        if not self.touched:
            return "" if self.broken else "nothing is affected\n"
        return "\n".join(_told(each) for each in self.touched) + "\n" + self._sum

    @property
    def _sum(self) -> str:
        units = count((each for each in self.touched if each.unit.tenant), "unit")
        return f"{units}, {count((path for each in self.touched for path in each.artifacts), 'artifact')}\n"

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """What is touched, and what was found on the way."""
        return self.answer + self.findings.text(colour=colour, width=width)

    def json(self) -> str:
        """All of it as one JSON document: a list of units; `tenant` is null for what an environment's tenants share."""
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
    """What the way from the commit `base` to `view` touches; nothing is written but what the cache remembers."""
    report = Report()
    with working(repository, effort) as work, asking_git(report), missing_workers(report):
        before, after = (_side(open_view(repository, each, report), work, report) for each in (Commit(base), view))
        report.extend(work.aside)
        if before and after and before.build.units and after.build.units:
            return Affected(gather(report, after.snapshot), affected(before, after))
    return Affected(gather(report))


def _side(opening: Opening | None, work: Work, report: Report) -> Side | None:
    if opening is None:
        return None
    said = Report()
    build = compile_opening(opening, Selection(), said, work)
    if not build.units:
        report.extend(said)
    return Side(opening.snapshot, build)


def _told(touched: Touched) -> str:
    return "".join(f"{line}\n" for line in _lines(touched))


def _lines(touched: Touched) -> Iterator[str]:
    unit = touched.unit
    yield f"{unit.environment}: {unit.tenant or _SHARED}"
    yield from (f"  {escape(path)} changes" for path in touched.because)
    yield from (f"  -> {escape(path)}" for path in touched.artifacts)
