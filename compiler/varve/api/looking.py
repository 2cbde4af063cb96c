"""A look at what a repository holds, before anything of it is read."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from varve.model.diagnostic import Report
from varve.world.git.command import GitError
from varve.world.git.repository import Repository
from varve.world.snapshot import fingerprint, views
from varve.world.snapshot.views import Commit, Found, View, WorkTree
from varve.world.snapshot.work_tree import Glanced


def view_of(revision: str | None) -> View:
    """A commit, or without one the work tree."""
    return WorkTree() if revision is None else Commit(revision)


class Looked(NamedTuple):
    """What git says of a view, what was `said` of it, and its fingerprint, where it can be told from all others."""

    found: Found
    said: Report
    fingerprint: str | None


Looking: TypeAlias = Callable[[Repository, View, Glanced], Looked | None]
"""How somebody looks; None where git cannot say, which is found out anew by whoever opens the view."""


def look(
    repository: Repository, view: View, glanced: Glanced = lambda *_: None, *, remembering: bool = False
) -> Looked | None:
    """What git says of a view; None where it cannot say, which is found out anew by whoever opens it.

    Looks that are `remembering` ask git only for what is not known of an earlier one.
    """
    said = Report()
    try:
        found = views.look(repository, view, said, glanced, remembering=remembering)
    except (GitError, OSError):
        return None
    return Looked(found, said, fingerprint.of(found, repository, view, said)) if found else None
