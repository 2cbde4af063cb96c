"""To check: everything that a build does, but for the writing."""

from dataclasses import dataclass
from datetime import date

from varve.api.findings import Findings, Summed, count, gather, proven
from varve.api.opening import Opening, Trust, asking_git, compile_opening, open_change, open_view, plan_writing
from varve.model.artifact import NOTHING, Build, Proven
from varve.model.diagnostic import Report
from varve.model.unit import Selection, Unit
from varve.policy import bench, waiver
from varve.read.reading import reading
from varve.world.git import View
from varve.world.repository import Repository
from varve.write import plan as writing


@dataclass(frozen=True, slots=True)
class Checked(Summed):
    """What was judged: the `units` that are sound, and the paths of the `artifacts` that are what their sources say.

    `trust` tells by which commit, where one was named, and `proven` how much the proof of isolation looked at.
    """

    findings: Findings
    units: tuple[Unit, ...] = ()
    artifacts: tuple[str, ...] = ()
    trust: Trust | None = None
    proven: Proven = NOTHING

    @property
    def summary(self) -> str:
        """What is sound, in one line without an end; empty where anything is not."""
        if self.broken:
            return ""
        units = f"{count(self.units, 'unit')} {'is' if len(self.units) == 1 else 'are'} sound"
        return f"{units}, and build/ is what the sources say: {count(self.artifacts, 'artifact')}{proven(self.proven)}"


def check(repository: Repository, view: View, base: str | None = None, today: date | None = None) -> Checked:
    """Judge the sources of a view, and the artifacts beside them; with a `base`, as a change of that commit.

    With `today`, waivers that do not count on that day are reported.
    """
    report = Report()
    opening = open_view(repository, view, report) if base is None else open_change(repository, view, base, report)
    return _judged(opening, today, report) if opening else Checked(gather(report))


def _judged(opening: Opening, today: date | None, report: Report) -> Checked:
    with asking_git(report):
        built = compile_opening(opening, Selection(), report)
        if today is not None:
            _judge_waivers(opening, built, today, report)
        plan = plan_writing(opening, built)
        if not (opening.trust and opening.trust.refused):
            # What a refused change compiles to is not to be committed.
            writing.judge(plan, report)
        return Checked(gather(report, opening.snapshot), built.units, plan.unchanged, opening.trust, built.proven)
    return Checked(gather(report, opening.snapshot), trust=opening.trust)


def _judge_waivers(opening: Opening, built: Build, today: date, report: Report) -> None:
    """Report waivers that nothing needs, or that have ended; the latter of a change itself, which may take them out."""
    own = bench.read(reading(opening.snapshot, Report()), Report()) if opening.change else None
    library = own.library if own else built.library
    if library is not None:
        waiver.expired(library, today, report)
    waiver.unused(built.idle, today, report)
