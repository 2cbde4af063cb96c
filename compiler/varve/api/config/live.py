"""For programs that read configuration: resolved units from memory, for many threads, reloaded when files change."""

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

Told: TypeAlias = Callable[[Reloaded], object]
"""Is told of a reload by which values became others, or after which something else is to be said of the files."""

_THREAD: Final = "varve-watching"


class ConfigManager:
    """What the units of a repository resolve to: in its work tree, or in a commit, when it was opened or reloaded last.

    Many threads may use one at once. Those that read take no lock, and what a call gives is of one state of the files,
    never of two. `ConfigError` where the repository cannot be opened, or its settings are broken.
    """

    __slots__ = (
        *("_broken", "_everything", "_generation", "_now", "_reloading"),
        *("_repository", "_seen", "_told", "_view"),
    )

    def __init__(self, path: str | PathLike[str] = ".", revision: str | None = None) -> None:
        self._repository = repository.open(path).repository
        self._view = view_of(revision)
        looked = look(self._repository, self._view)
        self._generation = _begun(self._repository, self._view, looked)
        self._now = ConfigSnapshot(self._generation)
        self._reloading = RLock()
        self._told: dict[object, Told] = {}
        self._everything = False
        self._broken: Findings | None = None
        self._seen = looked.fingerprint if looked else None  # of the files that readers have, where it is known

    def get(self, tenant: str, environment: str, path: str = "", default: Frozen = None) -> Frozen:
        """What stands at a path such as `services.checkout.owner` in a unit, or `default` where nothing does.

        Maps are sections and lists are tuples: nobody can change them. `ConfigError` where there is no such unit, or it
        is broken and was never sound; `ValueError` where `path` is no path.
        """
        return self._now.get(tenant, environment, path, default)

    def unit(self, tenant: str, environment: str) -> Section:
        """All that a unit says, as a map that nobody can change."""
        return self._now.unit(tenant, environment)

    def load(self, tenant: str, environment: str) -> Map:
        """All that a unit says, as maps, lists and scalars that are the caller's own to change."""
        return self._now.load(tenant, environment)

    def tenants(self) -> tuple[str, ...]:
        """The ids of the tenants, sorted; also of those that are broken."""
        return self._now.tenants()

    def environments(self) -> tuple[str, ...]:
        """The names of the environments, in the order of `varve.yaml`."""
        return self._now.environments()

    def snapshot(self) -> ConfigSnapshot:
        """What all units say now; it stays the same for several calls, whatever is reloaded between them."""
        return self._now

    @property
    def findings(self) -> Findings:
        """What the last look at the files gave to say, of those that all units share and of the units asked for."""
        return reloading.findings(self._generation) if self._broken is None else self._broken

    def warm(self) -> Findings:
        """Resolve every unit, now and with every reload, so that nobody who reads ever waits for one."""
        with self._reloading:
            self._everything = True
            for unit in memory.units(self._generation):
                memory.answer(self._generation, unit)
            return self.findings

    def reload(self) -> Reloaded:
        """Look at the files anew; where they are what they were, that is all.

        Units that were asked for are resolved before anybody sees the new state, and only those that a change touches.
        One that is broken now keeps its value. Where the repository itself cannot be opened, all stays as it was.
        """
        with self._reloading:
            before = self.findings
            came = self._look()
            if came.differences or came.findings != before:
                _tell(tuple(self._told.values()), came)
            return came

    def subscribe(self, told: Told) -> Callable[[], None]:
        """Let `told` be called after each reload that changes anything, in its thread; what is given ends that.

        All are called, in their order; what they raise is raised by `reload` as an `ExceptionGroup` then.
        """
        mark = object()
        self._told[mark] = told

        def end() -> None:
            self._told.pop(mark, None)

        return end

    @contextmanager
    def watching(self, every: float | None = None) -> Iterator["ConfigManager"]:
        """Reload in a thread of its own when files are saved, as long as the block lasts.

        That needs `varve[watch]`: `ModuleNotFoundError` without it. With `every` the files are looked at every so many
        seconds instead, which has to be said of a revision: it is no folder that could be watched, and a `ValueError`.
        What the system says against a watch is raised where the block begins, and later goes to `threading.excepthook`.
        """
        stop = Event()
        wakes = self._wakes(every, stop)
        next(wakes)  # from now on nothing is missed, or it is said why
        thread = Thread(target=self._follow, args=(wakes,), name=_THREAD, daemon=True)
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
        if seen is not None and seen == self._seen:
            return Reloaded(self.findings, kept=reloading.kept(old))
        opening, self._seen = open_looked(self._repository, self._view, looked, report), None
        changed = memory.files(opening).changed(memory.files(old.opening)) if opening else frozenset()
        if opening and not changed:
            self._broken, self._seen = None, seen
            return Reloaded(self.findings, kept=reloading.kept(old))
        new = memory.begin(opening, report) if opening else None
        if opening is None or new is None:
            self._broken = gather(report, opening.snapshot) if opening else gather(report)
            return Reloaded(self._broken, done=False, kept=reloading.kept(old))
        self._seen = seen
        return self._succeed(old, new, changed)

    def _succeed(self, old: Generation, new: Generation, changed: frozenset[str]) -> Reloaded:
        reloading.succeed(old, new, memory.units(new) if self._everything else tuple(old.answers.copy()), changed)
        with old.lock:  # what was asked for meanwhile is in use too
            reloading.succeed(old, new, tuple(old.answers), changed)
            differences = tuple(reloading.differences(old, new))
            self._generation, self._now, self._broken = new, ConfigSnapshot(new), None
        return Reloaded(self.findings, differences=differences, kept=reloading.kept(new))

    def _wakes(self, every: float | None, stop: Event) -> Iterator[object]:
        from varve.world.disk import watcher

        if every is not None and every <= 0:
            raise ValueError("`every` must be a number of seconds above 0")
        if every is not None:
            return _ticks(every, stop)
        if self._view != WorkTree():
            raise ValueError("a revision cannot be watched; pass `every`, in seconds")
        return watcher.changes(self._repository.root, stop)

    def _follow(self, wakes: Iterator[object]) -> None:
        for _ in chain((None,), wakes):
            try:
                self.reload()
            except Exception as error:  # noqa: BLE001 - what a subscriber does wrong ends no watching
                threading.excepthook(
                    ExceptHookArgs((type(error), error, error.__traceback__, threading.current_thread()))
                )


def _begun(repository: Repository, view: View, looked: Looked | None) -> Generation:
    report = Report()
    opening = open_looked(repository, view, looked, report)
    found = memory.begin(opening, report) if opening else None
    if found is None:
        raise ConfigError(gather(report, opening.snapshot) if opening else gather(report))
    return found


def _tell(told: Iterable[Told], came: Reloaded) -> None:
    wrong: list[Exception] = []
    for each in told:
        try:
            each(came)
        except Exception as error:  # noqa: BLE001 - it is raised when all are told
            wrong.append(error)
    if wrong:
        raise ExceptionGroup("subscribers failed on a reload", wrong)


def _ticks(every: float, stop: Event) -> Iterator[None]:
    yield
    while not stop.wait(every):
        yield
