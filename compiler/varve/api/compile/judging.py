"""The part of a check that needs the compiler."""

from datetime import date
from typing import Final, NamedTuple

from varve.api.compile.checked import Checked
from varve.api.compile.run import compile_opening
from varve.api.effort import Work
from varve.api.findings import gather
from varve.api.looking import Looked
from varve.api.opening import Opening, open_change, open_looked, plan_writing, reporting_git_errors
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.unit import Selection
from varve.policy import bench, waiver
from varve.read.reading import reading
from varve.world.executor.fork import reporting_lost_workers
from varve.world.git.repository import Repository
from varve.world.snapshot.views import View
from varve.write import plan as writing

_WAIVERS: Final = "policies/waivers."


class Order(NamedTuple):
    """What to judge: a view, what a look at it has found, by which commit, and on which day."""

    repository: Repository
    view: View
    base: str | None
    today: date | None
    looked: Looked | None


class Judged(NamedTuple):
    """The result of a check; `lasting` means that it is the same on any day, as long as no file changes."""

    checked: Checked
    lasting: bool = False


def judge(order: Order, work: Work, report: Report) -> Judged:
    """Compile the sources, and judge them and the existing artifacts."""
    if order.base is not None:
        opening = open_change(order.repository, order.view, order.base, report)
    else:
        opening = open_looked(order.repository, order.view, order.looked, report)
    if opening is None:
        report.extend(work.cache_report)
        return Judged(Checked(gather(report)))
    checked = _judged(opening, order.today, work, report)
    waives = any(path.startswith(_WAIVERS) for path in opening.snapshot.under("policies"))
    return Judged(checked, lasting=checked.sound and not waives)


def _judged(opening: Opening, today: date | None, work: Work, report: Report) -> Checked:
    with reporting_git_errors(report), reporting_lost_workers(report):
        built = compile_opening(opening, Selection(), report, work)
        work.effort.observer.entered("compare")
        if today is not None:
            _judge_waivers(opening, built, today, report)
        plan = plan_writing(opening, built)
        if not (opening.trust and opening.trust.refused):
            # The artifacts of a refused change must not be committed.
            writing.judge(plan, opening.snapshot.refused, report)
        report.extend(work.cache_report)
        found = gather(report, opening.snapshot)
        return Checked(found, built.units, plan.unchanged, opening.trust, built.proven, built.trusted)
    report.extend(work.cache_report)
    return Checked(gather(report, opening.snapshot), trust=opening.trust)


def _judge_waivers(opening: Opening, built: Build, today: date, report: Report) -> None:
    """Report waivers that nothing needs, or that have ended.

    The latter are taken from the change itself if there is one, because it may remove them.
    """
    own = bench.read(reading(opening.snapshot, Report()), Report()) if opening.change else None
    library = own.library if own else built.library
    if library is not None:
        waiver.report_expired(library, today, report)
    waiver.report_unused(built.unused_waivers, today, report)
