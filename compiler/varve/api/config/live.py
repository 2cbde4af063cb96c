"""Configuration for programs: resolved units from memory, for many threads, reloaded when files change."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from os import PathLike
from threading import Event, ExceptHookArgs, RLock, Thread
from typing import Final, TypeAlias

from varve.api import repository
from varve.api.config import generation as memory
from varve.api.config import reload as reloading
from varve.api.config.generation import Generation
from varve.api.config.reload import Reloaded
from varve.api.config.section import Frozen, Section
from varve.api.config.snapshot import ConfigSnapshot
from varve.api.findings import ConfigError, Findings, gather
from varve.api.looking import Looked, look, view_of
from varve.api.opening import open_looked
from varve.model.diagnostic import Report
from varve.model.source import Map
from varve.world.git.repository import Repository
from varve.world.snapshot.views import View, WorkTree

Callback: TypeAlias = Callable[[Reloaded], object]
"""Is called after a reload that has changed a value or the findings."""

_THREAD: Final = "varve-watching"


class ConfigManager:
    """The resolved units of a repository, in its work tree or in the commit named `revision`, as of the last reload.

    Many threads may use one manager. Reads take no lock, and the value of one call is from one state of the files,
    never from two. Raises `ConfigError` if the repository cannot be opened, or its settings are broken.
    """

    __slots__ = (
        *("_broken", "_everything", "_generation", "_current", "_reloading"),
        *("_repository", "_fingerprint", "_callbacks", "_view"),
    )

    def __init__(self, path: str | PathLike[str] = ".", revision: str | None = None) -> None:
        self._repository = repository.open(path).repository
        self._view = view_of(revision)
        looked = look(self._repository, self._view)
        self._generation = _first_generation(self._repository, self._view, looked)
        self._current = ConfigSnapshot(self._generation)
        self._reloading = RLock()
        self._callbacks: dict[object, Callback] = {}
        self._everything = False
        self._broken: Findings | None = None
        self._fingerprint = looked.fingerprint if looked else None  # of the readers' files, if known

    def get(self, tenant: str, environment: str, path: str = "", default: Frozen = None) -> Frozen:
        """The value at a path such as `services.checkout.owner` of a unit, or `default` if there is none.

        A map is a read-only mapping, a list is a tuple, and a secret is the reference in the source. Raises
        `ConfigError` if there is no such unit, or it is broken and was never sound; `ValueError` if `path` is not a
        path.
        """
        return self._current.get(tenant, environment, path, default)

    def unit(self, tenant: str, environment: str) -> Section:
        """All values of a unit, as a read-only mapping; raises `ConfigError` as `get` does."""
        return self._current.unit(tenant, environment)

    def load(self, tenant: str, environment: str) -> Map:
        """All values of a unit, as a copy of dicts, lists and scalars that the caller may change.

        Raises `ConfigError` as `get` does.
        """
        return self._current.load(tenant, environment)

    def tenants(self) -> tuple[str, ...]:
        """The ids of all tenants, sorted, including broken ones."""
        return self._current.tenants()

    def environments(self) -> tuple[str, ...]:
        """The names of the environments, in the order of `varve.yaml`."""
        return self._current.environments()

    def snapshot(self) -> ConfigSnapshot:
        """A view of all units as they are now, which stays the same whatever is reloaded."""
        return self._current

    @property
    def findings(self) -> Findings:
        """The findings of the last look at the files: about what units share, and about the units that were read."""
        return reloading.findings(self._generation) if self._broken is None else self._broken

    def warm(self) -> Findings:
        """Resolve every unit, now and with every reload, so that no read has to wait for that."""
        with self._reloading:
            self._everything = True
            for unit in memory.units(self._generation):
                memory.answer(self._generation, unit)
            return self.findings

    def reload(self) -> Reloaded:
        """Look at the files again; if they have changed, resolve the units that were read and are touched.

        All readers see the new state at once. A unit that is broken now keeps its last sound values. If the repository
        itself cannot be opened, everything stays as it was. Raises an `ExceptionGroup` of what subscribers have raised.
        """
        with self._reloading:
            before = self.findings
            reloaded = self._look()
            if reloaded.differences or reloaded.findings != before:
                _notify(tuple(self._callbacks.values()), reloaded)
            return reloaded

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Call `callback` after each reload that changes a value or the findings, in the thread that reloads.

        Returns a function that ends the subscription. All subscribers are called, in order; then `reload` raises their
        exceptions as an `ExceptionGroup`.
        """
        mark = object()
        self._callbacks[mark] = callback

        def end() -> None:
            self._callbacks.pop(mark, None)

        return end

    @contextmanager
    def watching(self, every: float | None = None) -> Iterator["ConfigManager"]:
        """Reload in a separate thread whenever files are saved, as long as the block lasts.

        With `every`, the files are looked at at that interval instead, in seconds; a manager of a `revision` needs it.
        Raises `ValueError` if it is missing then, or not above 0, and `ModuleNotFoundError` without the extra
        `varve[watch]`, which is not needed with `every`. If the operating system refuses the watch, that is raised at
        the beginning of the block; a later failure, and exceptions of subscribers, go to `threading.excepthook`.
        """
        stop = Event()
        wake_ups = self._wake_ups(every, stop)
        next(wake_ups)  # from now on no change is missed; raises if the files cannot be watched
        thread = Thread(target=self._follow, args=(wake_ups,), name=_THREAD, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()

    def _look(self) -> Reloaded:
        old, report = self._generation, Report()
        looked = look(self._repository, self._view)
        seen = looked.fingerprint if looked else None
        if seen is not None and seen == self._fingerprint:
            return Reloaded(self.findings, kept=reloading.kept(old))
        opening, self._fingerprint = open_looked(self._repository, self._view, looked, report), None
        changed = memory.files(opening).changed(memory.files(old.opening)) if opening else frozenset()
        if opening and not changed:
            self._broken, self._fingerprint = None, seen
            return Reloaded(self.findings, kept=reloading.kept(old))
        new = memory.begin(opening, report) if opening else None
        if opening is None or new is None:
            self._broken = gather(report, opening.snapshot) if opening else gather(report)
            return Reloaded(self._broken, done=False, kept=reloading.kept(old))
        self._fingerprint = seen
        return self._replace_generation(old, new, changed)

    def _replace_generation(self, old: Generation, new: Generation, changed: frozenset[str]) -> Reloaded:
        reloading.transfer_answers(
            old, new, memory.units(new) if self._everything else tuple(old.answers.copy()), changed
        )
        with old.lock:  # units that were read in the meantime need an answer too
            reloading.transfer_answers(old, new, tuple(old.answers), changed)
            differences = tuple(reloading.differences(old, new))
            self._generation, self._current, self._broken = new, ConfigSnapshot(new), None
        return Reloaded(self.findings, differences=differences, kept=reloading.kept(new))

    def _wake_ups(self, every: float | None, stop: Event) -> Iterator[object]:
        from varve.world.disk import watcher

        if every is not None and every <= 0:
            raise ValueError("`every` must be a number of seconds above 0")
        if every is not None:
            return _ticks(every, stop)
        if self._view != WorkTree():
            raise ValueError("a revision cannot be watched; pass `every`, in seconds")
        return watcher.changes(self._repository.root, stop)

    def _follow(self, wake_ups: Iterator[object]) -> None:
        for _ in chain((None,), wake_ups):
            try:
                self.reload()
            except Exception as error:  # noqa: BLE001 - a subscriber's exception must not end the watch
                threading.excepthook(
                    ExceptHookArgs((type(error), error, error.__traceback__, threading.current_thread()))
                )


def _first_generation(repository: Repository, view: View, looked: Looked | None) -> Generation:
    report = Report()
    opening = open_looked(repository, view, looked, report)
    found = memory.begin(opening, report) if opening else None
    if found is None:
        raise ConfigError(gather(report, opening.snapshot) if opening else gather(report))
    return found


def _notify(callbacks: Iterable[Callback], reloaded: Reloaded) -> None:
    wrong: list[Exception] = []
    for each in callbacks:
        try:
            each(reloaded)
        except Exception as error:  # noqa: BLE001 - it is raised after all callbacks were called
            wrong.append(error)
    if wrong:
        raise ExceptionGroup("subscribers failed on a reload", wrong)


def _ticks(every: float, stop: Event) -> Iterator[None]:
    yield
    while not stop.wait(every):
        yield
