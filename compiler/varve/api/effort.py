"""How a call does its work, which never changes its result."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from varve.model.diagnostic import Report
from varve.model.progress import NO_OBSERVER, Observer
from varve.model.snapshot import Entry, Snapshot
from varve.world.cache.opening import open_cache
from varve.world.cache.settings import settings
from varve.world.cache.store import Store
from varve.world.git.command import GitError
from varve.world.git.repository import Repository, report_failure
from varve.world.package import digest
from varve.world.snapshot import views
from varve.world.snapshot.views import Commit, Near, View

if TYPE_CHECKING:
    from varve.pipeline.carried import Carried
    from varve.world.disk.spool import Spool


class Effort(NamedTuple):
    """How many processes compile, whether cached verdicts are used, and who receives progress reports.

    Use more `jobs` than 1 only in programs without other threads. `since` names a commit whose `build/` is known to be
    what this very version of varve makes of its sources; tenants that are unchanged from it are skipped. `executor` is
    the address of a Dask scheduler, such as `dask://host:8786`, whose workers compile instead of this machine.
    `carried` holds results of earlier calls on the same repository in this process.
    """

    jobs: int = 1
    cached: bool = True
    observer: Observer = NO_OBSERVER
    since: str | None = None
    executor: str | None = None
    carried: "Carried | None" = None


DEFAULT_EFFORT: Final = Effort()


class TrustedFiles(NamedTuple):
    """The files of the trusted commit, None if git does not know it, and the diagnostics about it."""

    snapshot: Snapshot | None
    report: Report


class Work(NamedTuple):
    """The effort of a call, the store of verdicts that it uses and adds to, and a report about the cache.

    The `cache_report` concerns only this call, so it is not remembered with a result. `trusted_files` gets the files of
    the trusted commit, faster with the files that git tracks in a similar view, and returns None if no commit is
    trusted. `spool` is the temporary file that holds compiled artifacts, if there is one.
    """

    effort: Effort
    store: Store
    cache_report: Report
    trusted_files: Callable[[View, Mapping[str, Entry]], TrustedFiles | None] = lambda *_: None
    spool: "Spool | None" = None

    @property
    def plain(self) -> bool:
        """Whether this call looks at everything, on this machine, so that its whole result may be reused."""
        return self.effort.since is None and self.effort.executor is None


@contextmanager
def working(repository: Repository, effort: Effort) -> Iterator[Work]:
    """What a call works with, for as long as the block lasts."""
    cache_report = Report()
    wanted = settings(cache_report) if effort.cached else None
    compiler = cache(partial(digest.remembered, repository.folder))
    with open_cache(repository, compiler, wanted, cache_report) as store:
        yield Work(effort, store, cache_report, partial(_trusted_files, repository, effort.since))


def _trusted_files(
    repository: Repository, since: str | None, view: View, tracked: Mapping[str, Entry]
) -> TrustedFiles | None:
    if since is None:
        return None
    from varve.world.history.revision import trusted

    report, near = Report(), None if isinstance(view, Commit) else Near(view, tracked)
    try:
        commit = trusted(repository, since, report)
    except GitError as error:
        report_failure(error, report)
        commit = None
    return TrustedFiles(views.outline(repository, commit, report, near) if commit else None, report)


def uncached_work() -> Work:
    """The work of a call that needs all artifacts: without any cache."""
    return Work(Effort(cached=False), Store(Report()), Report())
