"""A look at what a repository holds, before anything of it is read."""

from collections.abc import Callable
from importlib import import_module
from itertools import takewhile
from typing import Final, NamedTuple, TypeAlias

from varve.api import whole
from varve.api.effort import Work
from varve.model.diagnostic import Report
from varve.world.git.command import GitError
from varve.world.git.repository import Repository
from varve.world.snapshot import fingerprint, views
from varve.world.snapshot.views import Commit, Found, View, WorkTree
from varve.world.snapshot.work_tree import Glanced

_PARTS: Final = (
    *("varve.read.reading", "varve.language.promql", "varve.resolve.stack", "varve.check.schema", "varve.emit.kit"),
    *("varve.check.consistency", "varve.link.isolation", "varve.policy.bench", "varve.pipeline"),
)
"""What every compile needs, in the order in which one part needs the others."""


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


def loading(module: str, work: Work, name: str) -> Glanced:
    """Imports `module`, which holds the compiler, while git is still looking, where a call of that `name` will need it.

    It will not where it once began with such a glance and found all in order. Until that is known, parts of it are
    imported: whoever waits has nothing else to do.
    """

    def load(glance: Callable[[], str], is_known: Callable[[], bool]) -> None:
        # To open the store takes a while, too.
        _ = work.store.local
        for each in takewhile(lambda _: not is_known(), _PARTS):
            import_module(each)
        if not (work.plain and whole.is_expected(work.store, name, glance())):
            work.effort.observer.entered("load")
            import_module(module)

    return load
