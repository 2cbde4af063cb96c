"""The cache of verdicts as a compile uses it: the repository's own level first, then the shared one."""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from varve.model.diagnostic import Report, Rule, Severity
from varve.model.memory import Remembered
from varve.world.cache import keeping
from varve.world.cache.level import Level
from varve.world.cache.segment import Kept, is_plain

NO_SHARED_CACHE = Rule(
    "world/no-shared-cache",
    "The shared cache cannot be used",
    "Runners share results of earlier builds through a folder or a Redis server. If it does not answer at once, or "
    "refuses to store something, varve does without it for the rest of the run and computes everything itself: the "
    "results are the same, only later. Fix what the message says, or unset `VARVE_CACHE_SHARED`.",
    Severity.WARNING,
)

_KEY: Final = "it has to be a private SSH key that `VARVE_CACHE_SIGNERS` lists, without a passphrase or in an agent"
_HINT: Final = "fix it, or unset `VARVE_CACHE_SHARED`"


@dataclass(slots=True)
class Store:
    """The levels of the cache; a failure of either never fails a compile, which only has more to do.

    `open_own` opens the own level on first use, and `open_shared` the shared one, which is used only for what the own
    one lacks. `writes` says whether verdicts can be written to the shared level.
    """

    report: Report
    open_own: Callable[[], Level | None] | None = None
    open_shared: Callable[[], Level] | None = None
    writes: bool = False
    own: Level | None = None
    shared: Level | None = None

    @property
    def local(self) -> Level | None:
        """The own level, if there is one, opened on first use."""
        if self.open_own:
            open_own, self.open_own = self.open_own, None
            self.own = open_own()
        return self.own

    def recall(self, name: str) -> Iterator[Remembered]:
        """The verdicts of a name, newest first; those of the shared level come last."""
        given = set()
        local = self.local
        for entry in local.recall(name) if local else ():
            given.add(entry.key)
            yield entry
        shared = self._shared_level()
        for entry in shared.recall(name) if shared else ():
            if entry.key not in given:
                yield entry

    def recall_young(self, name: str) -> Iterator[Remembered]:
        """Those verdicts of a name that are young enough not to be written again."""
        for entry in self.recall(name):
            if any((name, entry.key) in level.young for level in (self.own, self.shared) if level):
                yield entry

    def keep(self, entries: Iterable[Remembered]) -> None:
        """Store the verdicts that a run has used, new or recalled; best all at once, because each call writes.

        Those that are stored already are written again only after half of their lifetime.
        """
        used = [*entries]
        if local := self.local:
            with contextlib.suppress(OSError):
                _keep(local, used)
        shared = self._shared_level() if used and self.writes else None
        if shared:
            self._share(shared, used)

    def close(self) -> None:
        """Close all levels."""
        for level in (self.own, self.shared):
            if level:
                level.close()

    def _shared_level(self) -> Level | None:
        """The shared level, if there is one, opened on first use."""
        if self.open_shared:
            open_shared, self.open_shared = self.open_shared, None
            try:
                self.shared = open_shared()
            except OSError as error:
                report_failure(error, self.report)
        return self.shared

    def _share(self, level: Level, used: list[Remembered]) -> None:
        try:
            if not _keep(level, used):
                self.report.add(NO_SHARED_CACHE, "nothing can be signed with the key of the shared cache", hint=_KEY)
        except OSError as error:
            report_failure(error, self.report)


def report_failure(error: OSError, report: Report) -> None:
    """Report that the shared cache cannot be used, and why."""
    words = "it did not answer in time" if isinstance(error, TimeoutError) else error.strerror or str(error)
    report.add(NO_SHARED_CACHE, f"the shared cache cannot be used: {words}", hint=_HINT)


def _keep(level: Level, used: list[Remembered]) -> bool:
    now = time.time_ns()
    fresh = [
        Kept(entry, now)
        for entry in used
        if (entry.name, entry.key) not in level.young and is_plain(entry) and not level.has(entry.name, entry.key)
    ]
    return not fresh or keeping.keep(level, fresh, now)
