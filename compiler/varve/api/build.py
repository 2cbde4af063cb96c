"""To build: compile, and make `build/` what the sources say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from varve.api.findings import NONE, Findings, Summed, count, gather, proven
from varve.api.opening import (
    Opening,
    Trust,
    asking_git,
    beside_work_tree,
    compile_opening,
    open_change,
    open_sources,
    open_view,
    plan_writing,
    view_of,
)
from varve.model.artifact import NOTHING, Build, Proven
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
class Built(Summed):
    """What a build did. All paths are from the folder of `varve.yaml`, sorted.

    `done` tells whether `build/` is now what the sources of `units` say. `kept` are the artifacts that stay because
    their unit is broken or was not selected, `strangers` the files under `build/` that are not varve's. `findings` are
    all that was said; `refusals` those of them that the disk said, when all else had been announced. `trust` tells by
    which commit the sources were judged, where one was named; of a change that it refuses nothing is built. `proven` is
    how much the proof of isolation looked at, of what is kept too.
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
    trust: Trust | None = None
    proven: Proven = NOTHING

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
            return f"build/ is what the sources of {count(self.units, 'unit')} say: {unchanged}{proven(self.proven)}"
        did = f"{len(self.written)} written, {len(self.deleted)} deleted, {unchanged}"
        return f"built {count(self.units, 'unit')}: {did}{proven(self.proven)}"


class Sources(NamedTuple):
    """What to compile: the work tree or a `revision`; with a `base`, as a change that is judged by that commit."""

    revision: str | None = None
    base: str | None = None


class _Ready(NamedTuple):
    """What was compiled, and what has to be written."""

    opening: Opening
    build: Build
    plan: Plan


def build(repository: Repository, selection: Selection, sources: Sources, announce: Announce) -> Built:
    """Compile and write under the lock of the work tree; where `announce` raises, nothing is written."""
    report = Report()
    with disk.lock(repository.root, report) as lock:
        ready = _ready(repository, selection, sources, report) if lock else None
        found = gather(report, ready.opening.snapshot) if ready else gather(report)
        announce(found)
        trust = ready.opening.trust if ready else None
        if ready is None or lock is None or (trust and trust.refused):
            return Built(found, trust=trust)
        return _write(ready, lock, found)


def _open(repository: Repository, sources: Sources, report: Report) -> Opening | None:
    if sources.base is not None:
        change = open_change(repository, view_of(sources.revision), sources.base, report)
        return beside_work_tree(change, repository, report)
    if sources.revision is None:
        return open_view(repository, WorkTree(), report)
    return open_sources(repository, sources.revision, report)


def _ready(repository: Repository, selection: Selection, sources: Sources, report: Report) -> _Ready | None:
    opening = _open(repository, sources, report)
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
        trust=ready.opening.trust,
        proven=ready.build.proven,
    )
