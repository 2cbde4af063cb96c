"""The cache of verdicts, as a compile sees it: what the repository's own level does not have, the shared one may."""

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
    """The levels of the cache; whatever goes wrong with one of them, a compile only has to do more.

    `nearer` opens the own level, as soon as anything is asked; `further` the shared one, which is asked only for what
    the own one does not have. `writes` tells whether anything can be put there.
    """

    report: Report
    nearer: Callable[[], Level | None] | None = None
    further: Callable[[], Level] | None = None
    writes: bool = False
    own: Level | None = None
    shared: Level | None = None

    @property
    def local(self) -> Level | None:
        """The own level, if there is one."""
        if self.nearer:
            nearer, self.nearer = self.nearer, None
            self.own = nearer()
        return self.own

    def recall(self, name: str) -> Iterator[Remembered]:
        """The verdicts of that name, newest first; those of the shared level come last."""
        given = set()
        local = self.local
        for entry in local.recall(name) if local else ():
            given.add(entry.key)
            yield entry
        shared = self._opened()
        for entry in shared.recall(name) if shared else ():
            if entry.key not in given:
                yield entry

    def recall_young(self, name: str) -> Iterator[Remembered]:
        """Those of them that need not be renewed."""
        for entry in self.recall(name):
            if any((name, entry.key) in level.young for level in (self.own, self.shared) if level):
                yield entry

    def keep(self, entries: Iterable[Remembered]) -> None:
        """Keep what a run has used, be it new or recalled; best all at once, because each call writes.

        What stands there already costs nothing, but that it is renewed when it has lived half of its time.
        """
        used = [*entries]
        if local := self.local:
            with contextlib.suppress(OSError):
                _keep(local, used)
        shared = self._opened() if used and self.writes else None
        if shared:
            self._share(shared, used)

    def close(self) -> None:
        """Let go of all levels."""
        for level in (self.own, self.shared):
            if level:
                level.close()

    def _opened(self) -> Level | None:
        """The shared level, which is opened when it is needed first."""
        if self.further:
            further, self.further = self.further, None
            try:
                self.shared = further()
            except OSError as error:
                say_failure(error, self.report)
        return self.shared

    def _share(self, level: Level, used: list[Remembered]) -> None:
        try:
            if not _keep(level, used):
                self.report.say(NO_SHARED_CACHE, "nothing can be signed with the key of the shared cache", hint=_KEY)
        except OSError as error:
            say_failure(error, self.report)


def say_failure(error: OSError, report: Report) -> None:
    """Report that the shared cache cannot be used, and why."""
    words = "it did not answer in time" if isinstance(error, TimeoutError) else error.strerror or str(error)
    report.say(NO_SHARED_CACHE, f"the shared cache cannot be used: {words}", hint=_HINT)


def _keep(level: Level, used: list[Remembered]) -> bool:
    now = time.time_ns()
    fresh = [
        Kept(entry, now)
        for entry in used
        if (entry.name, entry.key) not in level.young and is_plain(entry) and not level.has(entry.name, entry.key)
    ]
    return not fresh or keeping.keep(level, fresh, now)
