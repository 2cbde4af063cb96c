"""To build: compile, and make `build/` what the sources say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from varve.api.findings import NONE, Findings, Result, count, gather
from varve.api.opening import Opening, asking_git, compile_opening, open_sources, open_view, plan_writing
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.unit import Selection, Unit
from varve.world import disk
from varve.world.disk import Lock
from varve.world.git import WorkTree
from varve.world.repository import Repository
from varve.write import plan as writing
from varve.write.plan import Plan

Announce: TypeAlias = Callable[[Findings], object]
"""Is told what was found, once, before anything is written."""


@dataclass(frozen=True, slots=True)
class Built(Result):
    """What a build did. All paths are from the folder of `varve.yaml`, sorted.

    `done` tells whether `build/` is now what the sources of `units` say. `kept` are the artifacts that stay because
    their unit is broken or was not selected, `strangers` the files under `build/` that are not varve's. `findings` are
    all that was said; `refusals` those of them that the disk said, when all else had been announced.
    """

    findings: Findings
    refusals: Findings = NONE
    done: bool = False
    units: tuple[Unit, ...] = ()
    written: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What was done, in one line without an end; empty where nothing could be."""
        unchanged = f"{len(self.unchanged)} unchanged" + (f", {len(self.kept)} kept" if self.kept else "")
        idle = not (self.written or self.deleted)
        if not self.done:
            return ""
        if idle and not self.units:
            return "nothing was built, and build/ stays as it is"
        if idle and not self.strangers:
            return f"build/ is what the sources of {count(self.units, 'unit')} say: {unchanged}"
        did = f"{len(self.written)} written, {len(self.deleted)} deleted, {unchanged}"
        return f"built {count(self.units, 'unit')}: {did}"

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """What was found, and what was done, as `varve build` prints it."""
        return self.findings.text(colour=colour, width=width) + (f"{self.summary}\n" if self.summary else "")


class _Ready(NamedTuple):
    """What was compiled, and what has to be written."""

    opening: Opening
    build: Build
    plan: Plan


def build(repository: Repository, selection: Selection, revision: str | None, announce: Announce) -> Built:
    """Compile and write under the lock of the work tree; where `announce` raises, nothing is written."""
    report = Report()
    with disk.lock(repository.root, report) as lock:
        ready = _ready(repository, selection, revision, report) if lock else None
        found = gather(report, ready.opening.snapshot) if ready else gather(report)
        announce(found)
        return _write(ready, lock, found) if ready and lock else Built(found)


def _ready(repository: Repository, selection: Selection, revision: str | None, report: Report) -> _Ready | None:
    if revision is None:
        opening = open_view(repository, WorkTree(), report)
    else:
        opening = open_sources(repository, revision, report)
    if opening is None:
        return None
    with asking_git(report):
        built = compile_opening(opening, selection, report)
        plan = plan_writing(opening, built)
        writing.refuse(plan, report)
        return _Ready(opening, built, plan)
    return None


def _write(ready: _Ready, lock: Lock, found: Findings) -> Built:
    plan, report = ready.plan, Report()
    done = disk.apply(plan, lock, report)
    refusals = gather(report)
    return Built(
        Findings((*found.situated, *refusals.situated)),
        refusals,
        done,
        units=ready.build.units,
        written=tuple(each.path for each in plan.write) if done else (),
        deleted=tuple(sorted((*plan.clear, *plan.delete))) if done else (),
        unchanged=plan.unchanged,
        kept=tuple(sorted(ready.build.kept)),
        strangers=tuple(each.path for each in plan.refused),
    )
