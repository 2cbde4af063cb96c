"""To check: everything that a build does, but for the writing."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from varve.api import whole
from varve.api.effort import USUAL, Effort, Work, working
from varve.api.findings import Findings, Summed, beside, count, lasting, proven, trusting
from varve.api.looking import Looked, Looking, loading, look
from varve.model.artifact import NOTHING, Proven
from varve.model.diagnostic import Report
from varve.model.progress import tell_remembered
from varve.model.unit import Unit
from varve.world.git.repository import Repository
from varve.world.snapshot.views import View

if TYPE_CHECKING:
    from varve.api.opening import Trust


@dataclass(frozen=True, slots=True)
class Checked(Summed):
    """What was judged: the `units` that are sound, and the paths of the `artifacts` that are what their sources say.

    `trust` tells by which commit, where one was named, and `proven` how much the proof of isolation looked at.
    `trusted` counts the units that were not looked at.
    """

    findings: Findings
    units: tuple[Unit, ...] = ()
    artifacts: tuple[str, ...] = ()
    trust: "Trust | None" = None
    proven: Proven = NOTHING
    trusted: int = 0

    @property
    def summary(self) -> str:
        """What is sound, in one line without an end; empty where anything is not."""
        if self.broken:
            return ""
        units = f"{count(self.units, 'unit')} {'is' if len(self.units) == 1 else 'are'} sound"
        looked = f"{proven(self.proven)}{trusting(self.trusted)}"
        return f"{units}, and build/ is what the sources say: {count(self.artifacts, 'artifact')}{looked}"


class Request(NamedTuple):
    """How to judge: with a `base`, as a change of that commit.

    With `today`, waivers that do not count on that day are reported. `effort` tells how the work is done.
    """

    base: str | None = None
    today: date | None = None
    effort: Effort = USUAL


def check(repository: Repository, view: View, request: Request, looking: Looking | None = None) -> Checked:
    """Judge the sources of a view, and the artifacts beside them.

    Where nothing has changed since a check that found all sound, what it found is found again, and nothing is read.
    """
    report, (base, today, effort) = Report(), request
    with working(repository, effort) as work:
        effort.observer.entered("look")
        load = loading("varve.api.judging", work, _named(view))
        see = looking or partial(look, remembering=effort.cached)
        looked = see(repository, view, load) if base is None else None
        known = _recalled(view, looked, work)
        if known is not None:
            tell_remembered(effort.observer, known.units)
            return known
        effort.observer.entered("load")
        # Only who has to compile waits for the compiler.
        from varve.api import judging

        judged = judging.judge(judging.Order(repository, view, base, today, looked), work, report)
        if looked and judged.lasting:
            _learn(judged.checked, view, looked, work)
        return judged.checked


def _recalled(view: View, looked: Looked | None, work: Work) -> Checked | None:
    """What a check found that found all sound, where everything stands as it stood then."""
    if looked is None or looked.fingerprint is None or not work.plain:
        return None
    known = whole.recall(work.store, _named(view), looked.fingerprint, looked.found.glance)
    if known is None:
        return None
    findings, units, artifacts, counts = known
    found, paths = beside(whole.unpacked_findings(findings), work.aside), whole.unpacked_paths(artifacts)
    return Checked(found, whole.unpacked_units(units), paths, proven=Proven(*counts))


def _learn(checked: Checked, view: View, looked: Looked, work: Work) -> None:
    findings, units = whole.packed_findings(lasting(checked.findings, work.aside)), whole.packed_units(checked.units)
    found = [findings, units, whole.packed_paths(checked.artifacts), checked.proven]
    if looked.fingerprint is not None and work.plain:
        whole.learn(work.store, _named(view), looked.fingerprint, found, looked.found.glance)


def _named(view: View) -> str:
    return f"check {type(view).__name__}"
