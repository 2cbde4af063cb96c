"""How the work of a call is done, which changes nothing of what comes of it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from varve.model.diagnostic import Report
from varve.model.progress import NOBODY, Observer
from varve.model.snapshot import Entry, Snapshot
from varve.world.cache.opening import open_cache
from varve.world.cache.settings import settings
from varve.world.cache.store import Store
from varve.world.git.command import GitError
from varve.world.git.repository import Repository, say_failure
from varve.world.history.revision import trusted
from varve.world.package import digest
from varve.world.snapshot import views
from varve.world.snapshot.views import Commit, Near, View

if TYPE_CHECKING:
    from varve.pipeline.carried import Carried
    from varve.world.disk.spool import Spool


class Effort(NamedTuple):
    """In how many processes units are compiled, whether verdicts of earlier builds are used, and who watches.

    More than one process is only for programs that have no other threads. `since` names a commit whose `build/` is
    known to be what its sources compile to, by this very compiler: what is as it is there is not looked at. `executor`
    is the address of a cluster that compiles instead of this machine, such as `dask://host:8786`. `carried` is what
    earlier calls on the same repository have left.
    """

    jobs: int = 1
    cached: bool = True
    observer: Observer = NOBODY
    since: str | None = None
    executor: str | None = None
    carried: "Carried | None" = None


USUAL: Final = Effort()


class Past(NamedTuple):
    """The files of the commit that is trusted, None where git knows none such, and what was `said` of them."""

    snapshot: Snapshot | None
    said: Report


class Work(NamedTuple):
    """The effort of a call, the store of what it uses and learns, and what is said `aside`, of the cache.

    That is true of this call alone, and of no other that finds the same. `past` looks at the commit that is trusted,
    by what git tracks in a view near it; None where there is none to be trusted. `spool` is where what is compiled is
    laid aside, if it is.
    """

    effort: Effort
    store: Store
    aside: Report
    past: Callable[[View, Mapping[str, Entry]], Past | None] = lambda *_: None
    spool: "Spool | None" = None

    @property
    def plain(self) -> bool:
        """Whether the call looks at everything, here, so that its result may be remembered as a whole, and recalled."""
        return self.effort.since is None and self.effort.executor is None


@contextmanager
def working(repository: Repository, effort: Effort) -> Iterator[Work]:
    """What a call works with, for as long as the block lasts."""
    aside = Report()
    wanted = settings(aside) if effort.cached else None
    compiler = cache(partial(digest.remembered, repository.folder))
    with open_cache(repository, compiler, wanted, aside) as store:
        yield Work(effort, store, aside, partial(_past, repository, effort.since))


def _past(repository: Repository, since: str | None, view: View, tracked: Mapping[str, Entry]) -> Past | None:
    if since is None:
        return None
    said, near = Report(), None if isinstance(view, Commit) else Near(view, tracked)
    try:
        commit = trusted(repository, since, said)
    except GitError as error:
        say_failure(error, said)
        commit = None
    return Past(views.outline(repository, commit, said, near) if commit else None, said)


def alone() -> Work:
    """What a call works with that needs all artifacts, and remembers nothing."""
    return Work(Effort(cached=False), Store(Report()), Report())
