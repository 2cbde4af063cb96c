"""What every call that compiles begins with: a snapshot of a repository, and what is made of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from varve import pipeline
from varve.api.effort import Effort, Work, alone
from varve.api.looking import Looked
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.model.unit import Selection, Unit
from varve.pipeline import Means
from varve.pipeline.means import Compiling
from varve.read import repository as shape
from varve.world.cache.code import SealedCode
from varve.world.executor.fork import forked
from varve.world.git.command import GitError
from varve.world.git.content import Together
from varve.world.git.repository import Repository, say_failure
from varve.world.package import installed, library
from varve.world.snapshot import standing, views
from varve.world.snapshot.views import Commit, Index, View, WorkTree
from varve.write import plan
from varve.write.plan import Plan

if TYPE_CHECKING:
    from varve.check.trust import Owners
    from varve.world.history.trust import Change

_POLICIES: Final = "policies/"


class Trust(NamedTuple):
    """How a change was judged: by what commit, named how; whose files it touches; and whether that was refused."""

    revision: str
    commit: str
    owners: "Owners"
    refused: bool

    @property
    def summary(self) -> str:
        """By which commit what was judged, in one line without an end."""
        from varve.render.escape import escape

        tenants = [f"tenant {escape(tenant)}" for tenant in self.owners.tenants]
        whose = [*(["platform"] if self.owners.platform else []), *tenants]
        what = f"a change of the {' and the '.join(whose)}" if whose else "a change of no source"
        return f"judged by {escape(self.revision)}, {self.commit}: {what}"


class Opening(NamedTuple):
    """A repository, how it is looked at, and its files; `trust` tells by which commit they are judged, if by any.

    `change` is what these files are then. `revision` names the commit that has their sources, if all are committed.
    """

    repository: Repository
    view: View
    snapshot: Snapshot
    trust: Trust | None = None
    change: "Change | None" = None
    revision: str = "HEAD"


def open_view(repository: Repository, view: View, report: Report) -> Opening | None:
    """The repository's files as `view` sees them, over the standard library; None where git cannot say."""
    return _opened(repository, view, views.snapshot(repository, view, report), report)


def open_looked(repository: Repository, view: View, looked: Looked | None, report: Report) -> Opening | None:
    """The same of what somebody has looked at already, if anybody has."""
    if looked is None:
        return open_view(repository, view, report)
    report.extend(looked.said)
    with asking_git(report):
        return _opened(repository, view, views.freeze(looked.found, report), report)
    return None


def _opened(repository: Repository, view: View, snapshot: Snapshot | None, report: Report) -> Opening | None:
    if snapshot is None:
        return None
    seen = library.overlay(views.refusing(snapshot, report), repository)
    return Opening(repository, view, seen, revision=view.revision if isinstance(view, Commit) else "HEAD")


def open_sources(repository: Repository, revision: str, report: Report) -> Opening | None:
    """The sources of a commit, beside the artifacts that stand in the work tree."""
    return beside_work_tree(open_view(repository, Commit(revision), report), repository, report)


def beside_work_tree(then: Opening | None, repository: Repository, report: Report) -> Opening | None:
    """The sources of an opening, beside the artifacts that stand in the work tree."""
    now = open_view(repository, WorkTree(), report)
    if then is None or now is None:
        return None
    sources = {path: entry for path, entry in then.snapshot.entries.items() if not path.startswith("build/")}
    built = {path: entry for path, entry in now.snapshot.entries.items() if path.startswith("build/")}
    contents = Together(then.snapshot.contents, now.snapshot.contents)
    snapshot = replace(then.snapshot, entries=sources | built, contents=contents, tracked=now.snapshot.tracked)
    return then._replace(view=WorkTree(), snapshot=snapshot)


def open_change(repository: Repository, view: View, base: str, report: Report) -> Opening | None:
    """What `view` changes, laid over the commit that is trusted, and judged by its files; None where it is unknown."""
    from varve.check import trust as judging
    from varve.world.history import trust

    change = trust.change(repository, view, base, report)
    if change is None:
        return None
    said, owners = Report(), judging.owners(change.paths)
    with asking_git(said):
        judging.judge(owners, judging.Sides(base, change.before, change.after), said)
    refused = said.broken or any(each.rule is trust.CHANGED_TWICE for each in report)
    report.extend(said)
    seen = library.overlay(change.after, repository)
    return Opening(repository, view, seen, Trust(base, change.commit, owners, refused), change, change.head)


@contextmanager
def asking_git(report: Report) -> Iterator[None]:
    """End the block where git cannot answer, and report it: contents are fetched when somebody asks for them."""
    try:
        yield
    except GitError as error:
        say_failure(error, report)


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
        from varve.check.trust import refuse_kept

        tenants = {path.split("/")[1] for path in opening.snapshot.under("tenants")}
        refuse_kept(opening.trust.owners.artifacts, build, tenants, report)
    if change and judges:
        from varve.api import review

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


def plan_writing(opening: Opening, build: Build) -> Plan:
    """What has to change under `build/`, as the opening sees it."""
    repository = opening.repository
    now = standing.standing(repository, opening.snapshot, opening.view)
    return plan.plan(build, now)


def open_unit(opening: Opening, unit: Unit, report: Report) -> pipeline.Opened | None:
    """The opened repository, ready for that unit; None where it is broken or has no such unit, which is reported."""
    opened = pipeline.open_repository(opening.snapshot, report)
    return opened if opened and is_there(opened, unit, report) else None


def is_there(opened: pipeline.Opened, unit: Unit, report: Report) -> bool:
    """Whether there is such a tenant, and such an environment; reported where not."""
    return shape.is_selectable(Selection(unit.environment, unit.tenant), opened.settings, opened.tenants, report)
