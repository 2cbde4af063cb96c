"""The part of a build that needs the compiler: it compiles, and writes what has changed."""

from typing import NamedTuple

from varve.api.compile.built import Announce, Built, Sources
from varve.api.compile.run import compile_opening
from varve.api.effort import Work
from varve.api.findings import Findings, gather
from varve.api.looking import Looked, view_of
from varve.api.opening import (
    Opening,
    open_change,
    open_looked,
    open_sources,
    plan_writing,
    reporting_git_errors,
    with_built_artifacts,
)
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.unit import Selection
from varve.world.disk import transaction
from varve.world.disk.spool import Spool, spooled
from varve.world.disk.transaction import Lock
from varve.world.executor.fork import reporting_lost_workers
from varve.world.git.repository import Repository
from varve.world.snapshot.views import WorkTree
from varve.write import plan as writing
from varve.write.plan import Plan


class _Ready(NamedTuple):
    """A build, and the plan to write it."""

    opening: Opening
    build: Build
    plan: Plan


class Order(NamedTuple):
    """What to build, from which sources; `looked` is what a look at the work tree has found.

    `announce` is called with the findings before anything is written.
    """

    repository: Repository
    selection: Selection
    sources: Sources
    looked: Looked | None
    announce: Announce


def make(order: Order, work: Work, lock: Lock, report: Report) -> Built:
    """Compile and write; if `announce` raises, nothing is written."""
    with spooled(lock.state) as spool:
        return _make(order, work._replace(spool=spool), lock, report)


def _make(order: Order, work: Work, lock: Lock, report: Report) -> Built:
    ready = _ready(order, work, report)
    report.extend(work.cache_report)
    found = gather(report, ready.opening.snapshot) if ready else gather(report)
    order.announce(found)
    trust = ready.opening.trust if ready else None
    if ready is None or (trust and trust.refused):
        return Built(found, trust=trust)
    work.effort.observer.entered("write")
    return _write(ready, work.spool, lock, found)


def _open(order: Order, report: Report) -> Opening | None:
    repository, sources = order.repository, order.sources
    if sources.base is not None:
        change = open_change(repository, view_of(sources.revision), sources.base, report)
        return with_built_artifacts(change, repository, report)
    if sources.revision is None:
        return open_looked(repository, WorkTree(), order.looked, report)
    return open_sources(repository, sources.revision, report)


def _ready(order: Order, work: Work, report: Report) -> _Ready | None:
    opening = _open(order, report)
    if opening is None:
        return None
    with reporting_git_errors(report), reporting_lost_workers(report):
        built = compile_opening(opening, order.selection, report, work)
        work.effort.observer.entered("compare")
        plan = plan_writing(opening, built)
        writing.refuse(plan, report)
        return _Ready(opening, built, plan)
    return None


def _write(ready: _Ready, spool: Spool | None, lock: Lock, found: Findings) -> Built:
    plan, report = spool.with_room(ready.plan) if spool else ready.plan, Report()
    done = transaction.apply(plan, lock, report, spool.drop) if spool else transaction.apply(plan, lock, report)
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
        trusted=ready.build.trusted,
    )
