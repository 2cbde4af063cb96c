"""One run of the compiler on an opening: with the policies, the processes and the cache that the call needs."""

from pathlib import Path
from typing import Final

from varve import pipeline
from varve.api.effort import Effort, Work, uncached_work
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
    opening: Opening, selection: Selection, report: Report, work: Work | None = None, *, unit_by_unit: bool = False
) -> Build:
    """The build of an opening, judged by the policies of the trusted commit if there is one.

    For a change, what else is wrong is reported too: artifacts of broken units that it edits, the policies of changes
    that it does not fulfil, and the violations that the policies it changes would report. Nothing is compiled if git
    does not know the commit of `since`. The build has each unit's questions only if units are recalled `unit_by_unit`.
    """
    change = opening.change
    judges = library.overlay(change.before, opening.repository) if change else None
    work = work or uncached_work()
    effort, store, trusted = work.effort, work.store, work.trusted_files(opening.view, opening.snapshot.tracked)
    report.extend(trusted.report if trusted else ())
    if trusted and trusted.snapshot is None:
        return Build({}, frozenset(opening.snapshot.under("build")), ())
    executor = _executor(opening, selection, judges, effort)
    executor = work.spool.spooling(executor) if work.spool else executor
    codes = SealedCode(_code_folder(opening), store.local.compiler) if store.local else None
    # Carried results are kept by unit, with each unit's own questions.
    unit_by_unit = unit_by_unit or effort.carried is not None
    known = trusted.snapshot if trusted else None
    means = Means(store, effort.observer, executor, known, codes, effort.carried, unit_by_unit)
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
            _judge_by_changed_policies(opening, selection, build, report)
        judged = review.Judged(judges, opening.snapshot, staged=isinstance(opening.view, Index))
        review.judge(opening.repository, change, judged, report)
    return build


def _code_folder(opening: Opening) -> Path:
    """The folder for the code of compiled templates: the installation's if all templates are shipped with varve."""
    seen = opening.snapshot
    shipped = seen.library.issuperset(seen.under("templates"))
    return (installed.folder() if shipped else None) or opening.repository.folder


def _executor(opening: Opening, selection: Selection, judges: Snapshot | None, effort: Effort) -> Compiling:
    """Where units are compiled; raises `NotCompiled` if a cluster should, but the files are not those of a commit."""
    if effort.executor is None:
        return forked(effort.jobs)
    # Imported late, because only calls that use a cluster need it.
    from varve.world.executor.delegated import Assignment, Files, request
    from varve.world.executor.distributed import clustered

    base = opening.change.commit if opening.change else None
    assignment = Assignment(opening.repository, selection, opening.revision, base)
    return clustered(effort.executor, request(assignment, Files(opening.snapshot, judges)))


def _judge_by_changed_policies(opening: Opening, selection: Selection, build: Build, report: Report) -> None:
    """Report what the policies that a change leaves behind find beyond those of the trusted commit.

    Their waivers do not excuse anything yet. But once merged these policies bind, and broken ones would keep everything
    from being built.
    """
    reported = set(build.diagnostics)
    own = pipeline.compile(opening.snapshot, selection, judges=opening.snapshot)
    report.extend(each for each in own.diagnostics if each not in reported)
