"""A snapshot of a repository, with which every call that reads sources begins."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from varve import pipeline
from varve.api.looking import Looked
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.model.unit import Selection, Unit
from varve.read import repository as shape
from varve.world.git.command import GitError
from varve.world.git.content import Chained
from varve.world.git.repository import Repository, report_failure
from varve.world.package import library
from varve.world.snapshot import built, views
from varve.world.snapshot.views import Commit, View, WorkTree
from varve.write import plan
from varve.write.plan import Plan

if TYPE_CHECKING:
    from varve.check.trust.owner import Owners
    from varve.world.history.trust import Change


class Trust(NamedTuple):
    """How a change was judged: by which commit, whose files it changes, and whether it was refused.

    `revision` is the name under which the commit was given, and `commit` its id.
    """

    revision: str
    commit: str
    owners: "Owners"
    refused: bool

    @property
    def summary(self) -> str:
        """The trusted commit, and whose files the change touches, in one line without a newline."""
        from varve.render.escape import escape

        tenants = [f"tenant {escape(tenant)}" for tenant in self.owners.tenants]
        changed = [*(["platform"] if self.owners.platform else []), *tenants]
        what = f"a change of the {' and the '.join(changed)}" if changed else "no source changed"
        return f"judged by {escape(self.revision)}, {self.commit}: {what}"


class Opening(NamedTuple):
    """A repository, the view of it, and its files; `trust` says by which commit they are judged, if by any.

    `change` then describes the change from that commit. `revision` names the commit that contains the sources, if all
    of them are committed.
    """

    repository: Repository
    view: View
    snapshot: Snapshot
    trust: Trust | None = None
    change: "Change | None" = None
    revision: str = "HEAD"


def open_view(repository: Repository, view: View, report: Report) -> Opening | None:
    """The repository's files in a view, on top of those that varve ships; None if git fails, which is reported."""
    return _opened(repository, view, views.snapshot(repository, view, report), report)


def open_looked(repository: Repository, view: View, looked: Looked | None, report: Report) -> Opening | None:
    """As `open_view`, for a view that was looked at already; if `looked` is None, it is looked at now."""
    if looked is None:
        return open_view(repository, view, report)
    report.extend(looked.report)
    with reporting_git_errors(report):
        return _opened(repository, view, views.freeze(looked.found, report), report)
    return None


def _opened(repository: Repository, view: View, snapshot: Snapshot | None, report: Report) -> Opening | None:
    if snapshot is None:
        return None
    seen = library.overlay(views.refusing(snapshot, report), repository)
    return Opening(repository, view, seen, revision=view.revision if isinstance(view, Commit) else "HEAD")


def open_sources(repository: Repository, revision: str, report: Report) -> Opening | None:
    """The sources of a commit, with the artifacts of the work tree."""
    return with_built_artifacts(open_view(repository, Commit(revision), report), repository, report)


def with_built_artifacts(then: Opening | None, repository: Repository, report: Report) -> Opening | None:
    """The sources of an opening, with the artifacts of the work tree."""
    now = open_view(repository, WorkTree(), report)
    if then is None or now is None:
        return None
    sources = {path: entry for path, entry in then.snapshot.entries.items() if not path.startswith("build/")}
    artifacts = {path: entry for path, entry in now.snapshot.entries.items() if path.startswith("build/")}
    contents = Chained(then.snapshot.contents, now.snapshot.contents)
    snapshot = replace(then.snapshot, entries=sources | artifacts, contents=contents, tracked=now.snapshot.tracked)
    return then._replace(view=WorkTree(), snapshot=snapshot)


def open_change(repository: Repository, view: View, base: str, report: Report) -> Opening | None:
    """The files of `view` as a change of the trusted commit `base`, judged by its rules; None if that is unknown."""
    from varve.check.trust.change import judge
    from varve.check.trust.fact import Sides
    from varve.check.trust.owner import owners as owning
    from varve.world.history import trust

    change = trust.change(repository, view, base, report)
    if change is None:
        return None
    diagnostics, owners = Report(), owning(change.paths)
    with reporting_git_errors(diagnostics):
        judge(owners, Sides(base, change.before, change.after), diagnostics)
    refused = diagnostics.broken or any(each.rule is trust.CHANGED_TWICE for each in report)
    report.extend(diagnostics)
    seen = library.overlay(change.after, repository)
    return Opening(repository, view, seen, Trust(base, change.commit, owners, refused), change, change.head)


@contextmanager
def reporting_git_errors(report: Report) -> Iterator[None]:
    """A block that ends early if git fails, which is reported; contents are only fetched when they are used."""
    try:
        yield
    except GitError as error:
        report_failure(error, report)


def plan_writing(opening: Opening, build: Build) -> Plan:
    """The changes that `build/` needs to match the build, in the view of the opening."""
    repository = opening.repository
    now = built.standing(repository, opening.snapshot, opening.view)
    return plan.plan(build, now)


def open_unit(opening: Opening, unit: Unit, report: Report) -> pipeline.Opened | None:
    """The opened repository; None if it is broken or has no such unit, which is reported."""
    opened = pipeline.open_repository(opening.snapshot, report)
    return opened if opened and unit_exists(opened, unit, report) else None


def unit_exists(opened: pipeline.Opened, unit: Unit, report: Report) -> bool:
    """Whether the tenant and the environment of a unit exist; reported if not."""
    return shape.is_selectable(Selection(unit.environment, unit.tenant), opened.settings, opened.tenants, report)
