"""One run of the compiler over what was opened: by whose policies, in which processes, and with what is remembered."""

from pathlib import Path
from typing import Final

from varve import pipeline
from varve.api.effort import Effort, Work, alone
from varve.api.opening import Opening
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.model.unit import Selection
from varve.pipeline import Means
from varve.pipeline.means import Compiling
from varve.world.cache.code import SealedCode
from varve.world.executor.fork import forked
from varve.world.package import installed, library
from varve.world.snapshot.views import Index

_POLICIES: Final = "policies/"


def compile_opening(
    opening: Opening, selection: Selection, report: Report, work: Work | None = None, *, apart: bool = False
) -> Build:
    """The build of what was opened, judged by the policies of the commit that is trusted where there is one.

    Of a change it is reported too what it touches of the artifacts that stay, what policies of changes say, and of one
    of policies what its own would say. Nothing is compiled where git does not know the commit that need not be looked
    at again. What each unit asks is told only where units are recalled `apart`.
    """
    change = opening.change
    judges = library.overlay(change.before, opening.repository) if change else None
    work = work or alone()
    effort, store, past = work.effort, work.store, work.past(opening.view, opening.snapshot.tracked)
    report.extend(past.said if past else ())
    if past and past.snapshot is None:
        return Build({}, frozenset(opening.snapshot.under("build")), ())
    executor = _executor(opening, selection, judges, effort)
    executor = work.spool.around(executor) if work.spool else executor
    codes = SealedCode(_beside_code(opening), store.local.compiler) if store.local else None
    # What is carried is told apart by what each unit asks.
    apart = apart or effort.carried is not None
    means = Means(store, effort.observer, executor, past.snapshot if past else None, codes, effort.carried, apart)
    build = pipeline.compile(opening.snapshot, selection, means, judges=judges)
    store.keep((*build.recalled, *build.learnt))
    if codes:
        codes.keep()
    report.extend(build.diagnostics)
    if opening.trust and selection == Selection():
        from varve.check.trust.artifact import refuse_kept

        tenants = {path.split("/")[1] for path in opening.snapshot.under("tenants")}
        refuse_kept(opening.trust.owners.artifacts, build, tenants, report)
    if change and judges:
        from varve.api.policy import review

        if any(path.startswith(_POLICIES) for path in change.paths):
            _judge_by_its_own(opening, selection, build, report)
        judged = review.Judged(judges, opening.snapshot, staged=isinstance(opening.view, Index))
        review.judge(opening.repository, change, judged, report)
    return build


def _beside_code(opening: Opening) -> Path:
    """The folder in which the code of templates lies: where all of them are shipped, it is the same everywhere."""
    seen = opening.snapshot
    shipped = seen.library.issuperset(seen.under("templates"))
    return (installed.folder() if shipped else None) or opening.repository.folder


def _executor(opening: Opening, selection: Selection, judges: Snapshot | None, effort: Effort) -> Compiling:
    """Where units are compiled; `Undone` where another machine should, and could not find the files in any commit."""
    if effort.executor is None:
        return forked(effort.jobs)
    # Only who has a cluster waits for what speaks to it.
    from varve.world.executor.delegated import Files, Ordered, request
    from varve.world.executor.distributed import clustered

    base = opening.change.commit if opening.change else None
    ordered = Ordered(opening.repository, selection, opening.revision, base)
    return clustered(effort.executor, request(ordered, Files(opening.snapshot, judges)))


def _judge_by_its_own(opening: Opening, selection: Selection, build: Build, report: Report) -> None:
    """Report what the policies that a change leaves behind say beyond those of the trusted commit.

    They excuse nothing, but once merged they bind, and broken ones would keep everybody from building.
    """
    said = set(build.diagnostics)
    own = pipeline.compile(opening.snapshot, selection, judges=opening.snapshot)
    report.extend(each for each in own.diagnostics if each not in said)
