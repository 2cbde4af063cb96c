"""What every call that compiles begins with: a snapshot of a repository, and what is made of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from varve import pipeline
from varve.language.blob import identify
from varve.model.artifact import Build
from varve.model.diagnostic import Report, Severity
from varve.model.snapshot import Snapshot
from varve.model.unit import Selection, Unit
from varve.read import repository as shape
from varve.world import git, library, standing
from varve.world.command import GitError
from varve.world.content import Together
from varve.world.git import Commit, View, WorkTree
from varve.world.repository import Repository, say_failure
from varve.write import plan
from varve.write.plan import Plan


@dataclass(frozen=True, slots=True)
class Opening:
    """A repository, how it is looked at, and its files."""

    repository: Repository
    view: View
    snapshot: Snapshot


def view_of(revision: str | None) -> View:
    """A commit, or without one the work tree."""
    return WorkTree() if revision is None else Commit(revision)


def open_view(repository: Repository, view: View, report: Report) -> Opening | None:
    """The repository's files as `view` sees them, over the standard library; None where git cannot say."""
    snapshot = git.snapshot(repository, view, report)
    if snapshot is None:
        return None
    refused = frozenset(each.place.file for each in report if each.place and each.rule.severity is Severity.ERROR)
    return Opening(repository, view, library.overlay(replace(snapshot, refused=refused), repository))


def open_sources(repository: Repository, revision: str, report: Report) -> Opening | None:
    """The sources of a commit, beside the artifacts that stand in the work tree."""
    then, now = open_view(repository, Commit(revision), report), open_view(repository, WorkTree(), report)
    if then is None or now is None:
        return None
    sources = {path: entry for path, entry in then.snapshot.entries.items() if not path.startswith("build/")}
    built = {path: entry for path, entry in now.snapshot.entries.items() if path.startswith("build/")}
    contents = Together(then.snapshot.contents, now.snapshot.contents)
    return Opening(repository, WorkTree(), snapshot=replace(then.snapshot, entries=sources | built, contents=contents))


@contextmanager
def asking_git(report: Report) -> Iterator[None]:
    """End the block where git cannot answer, and report it: contents are fetched when somebody asks for them."""
    try:
        yield
    except GitError as error:
        say_failure(error, report)


def compile_opening(opening: Opening, selection: Selection, report: Report) -> Build:
    """The build of what was opened."""
    build = pipeline.compile(opening.snapshot, selection)
    report.extend(build.diagnostics)
    return build


def plan_writing(opening: Opening, build: Build) -> Plan:
    """What has to change under `build/`, as the opening sees it."""
    repository = opening.repository
    now = standing.standing(repository, opening.snapshot, opening.view)
    return plan.plan(build.artifacts, build.kept, now, lambda data: identify(data, repository.algorithm))


def open_unit(opening: Opening, unit: Unit, report: Report) -> pipeline.Opened | None:
    """The opened repository, ready for that unit; None where it is broken or has no such unit, which is reported."""
    opened = pipeline.open_repository(opening.snapshot, report)
    return opened if opened and is_there(opened, unit, report) else None


def is_there(opened: pipeline.Opened, unit: Unit, report: Report) -> bool:
    """Whether there is such a tenant, and such an environment; reported where not."""
    return shape.is_selectable(Selection(unit.environment, unit.tenant), opened.settings, opened.tenants, report)
