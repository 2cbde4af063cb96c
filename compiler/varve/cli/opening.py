"""What every command that compiles begins with: the repository around it, and a snapshot of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from varve.model.artifact import Build
from varve.model.diagnostic import Report, Severity
from varve.model.snapshot import Snapshot
from varve.model.unit import Selection
from varve.world.git import View
from varve.world.repository import Repository
from varve.write.plan import Plan


@dataclass(frozen=True, slots=True)
class Opening:
    """A repository, how it is looked at, and its files."""

    repository: Repository
    view: View
    snapshot: Snapshot


def find(report: Report) -> Repository | None:
    """The repository around the working directory; why there is none is reported."""
    from varve.world import repository

    return repository.find(Path.cwd(), report)


def open_view(repository: Repository, view: View, report: Report) -> Opening | None:
    """The repository's files as `view` sees them, over the standard library."""
    from varve.world import git, library

    snapshot = git.snapshot(repository, view, report)
    if snapshot is None:
        return None
    refused = frozenset(each.place.file for each in report if each.place and each.rule.severity is Severity.ERROR)
    return Opening(repository, view, library.overlay(replace(snapshot, refused=refused), repository))


def open_sources(repository: Repository, revision: str, report: Report) -> Opening | None:
    """The sources of a commit, beside the artifacts that stand in the work tree."""
    from varve.world.content import Together
    from varve.world.git import Commit, WorkTree

    then, now = open_view(repository, Commit(revision), report), open_view(repository, WorkTree(), report)
    if then is None or now is None:
        return None
    sources = {path: entry for path, entry in then.snapshot.entries.items() if not path.startswith("build/")}
    standing = {path: entry for path, entry in now.snapshot.entries.items() if path.startswith("build/")}
    contents = Together(then.snapshot.contents, now.snapshot.contents)
    return Opening(
        repository, WorkTree(), snapshot=replace(then.snapshot, entries=sources | standing, contents=contents)
    )


@contextmanager
def asking_git(report: Report) -> Iterator[None]:
    """End the block where git cannot answer, and report it: contents are fetched when somebody asks for them."""
    from varve.world.command import GitError
    from varve.world.repository import say_failure

    try:
        yield
    except GitError as error:
        say_failure(error, report)


def compile_opening(opening: Opening, selection: Selection, report: Report) -> Build:
    """The build of what was opened."""
    from varve import pipeline

    build = pipeline.compile(opening.snapshot, selection)
    report.extend(build.diagnostics)
    return build


def plan_writing(opening: Opening, build: Build) -> Plan:
    """What has to change under `build/`, as the opening sees it."""
    from varve.language.blob import identify
    from varve.world.standing import standing
    from varve.write.plan import plan

    repository = opening.repository
    now = standing(repository, opening.snapshot, opening.view)
    return plan(build.artifacts, build.kept, now, lambda data: identify(data, repository.algorithm))
