"""A look at the state of a repository's files, before any of them is read."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from varve.model.diagnostic import Report
from varve.world.git.command import GitError
from varve.world.git.repository import Repository
from varve.world.snapshot import fingerprint, views
from varve.world.snapshot.views import Commit, Found, View, WorkTree
from varve.world.snapshot.work_tree import Glanced


def view_of(revision: str | None) -> View:
    """The view of the commit named `revision`, or of the work tree if it is None."""
    return WorkTree() if revision is None else Commit(revision)


class Looked(NamedTuple):
    """What git reports about a view, the diagnostics about that, and a fingerprint of the files, if it is certain."""

    found: Found
    report: Report
    fingerprint: str | None


Looking: TypeAlias = Callable[[Repository, View, Glanced], Looked | None]
"""A way to look; None if git fails, in which case opening the view reports why."""


def look(
    repository: Repository, view: View, glanced: Glanced = lambda *_: None, *, remembering: bool = False
) -> Looked | None:
    """What git reports about a view; None if git fails, in which case opening the view reports why.

    With `remembering`, git is only asked for what is not known from an earlier look.
    """
    report = Report()
    try:
        found = views.look(repository, view, report, glanced, remembering=remembering)
    except (GitError, OSError):
        return None
    return Looked(found, report, fingerprint.of(found, repository, view, report)) if found else None
