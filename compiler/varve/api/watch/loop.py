"""To watch: build, or only judge, after every change, and tell what came of it."""

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Final, NamedTuple, TypeAlias

from varve.api.compile.build import build
from varve.api.compile.built import Built, Sources
from varve.api.compile.check import check
from varve.api.compile.checked import Checked, Request
from varve.api.effort import Effort
from varve.api.watch.following import Following
from varve.api.watch.news import Known, news
from varve.api.watch.watched import Watched
from varve.model.diagnostic import Report
from varve.model.progress import Observer
from varve.model.unit import Selection, Unit
from varve.world.disk import transaction, watcher
from varve.world.git.listing import BUILD
from varve.world.git.repository import Repository
from varve.world.package import digest
from varve.world.package.stamp import stamp
from varve.world.snapshot.views import WorkTree
from varve.write.plan import Plan

_PATIENCE: Final = 10.0
"""How many seconds are given to a git that is changing files."""
_PAUSE: Final = 0.02
_SHIPPED: Final = ("policies/", "templates/")
_PATH: Final = 66
"""Where, in a line of the compiler's digest, the path of a file begins."""

_Lock: TypeAlias = tuple[int, int] | None
"""Which of git's locks it is, by number and time, where there is one."""


class Wish(NamedTuple):
    """What is to be done after every change until `stop` is set: build a selection, or only judge everything."""

    stop: Event
    selection: Selection = Selection()
    checks: bool = False


def watch(repository: Repository, wish: Wish, effort: Effort) -> Iterator[Watched]:
    """What comes of the files now, and after each change that brings anything.

    It ends when `wish.stop` is set, or when varve's own files are others than those that were loaded.
    `ModuleNotFoundError` without the library that it needs; on the way `watcher.Unwatched`.
    """
    bursts = watcher.changes(repository.root, wish.stop, artifacts=True, index=repository.folder / "index")
    return _Watch(repository, wish, effort).looks(bursts)


@dataclass(slots=True)
class _Watch:
    """What a watch knows between two looks.

    `stuck` are paths under `build/` that have changed while the disk refused to be written: so do those of our own
    attempts, and to try again because of them would never end. `passed` is a lock of git's that was waited for in vain.
    """

    repository: Repository
    wish: Wish
    effort: Effort
    following: Following = field(default_factory=Following)
    known: Known = field(default_factory=dict)
    first: bool = True
    stuck: frozenset[Path] = frozenset()
    passed: _Lock = None

    def looks(self, bursts: Iterable[frozenset[Path]]) -> Iterator[Watched]:
        """What comes of each burst of changes; those that bring nothing are not told."""
        compiler = _Compiler()
        for paths in bursts:
            self.following.told |= paths
            if _is_of_build(paths) and paths <= self.stuck:
                continue
            self._await_git()
            if compiler.is_another():
                return
            if not (paths or self.first) and self.following.stands(self.repository):
                continue
            yield from self._looks(paths)
            # Whoever saves first need not wait for the compiler.
            from varve.api.compile import judging, making  # noqa: F401
            from varve.pipeline.carried import Carried

            if self.effort.cached and self.effort.carried is None:
                self.effort = self.effort._replace(carried=Carried())

    def _looks(self, paths: frozenset[Path]) -> Iterator[Watched]:
        """What comes of a burst; while another varve is writing there is more to come of it."""
        while not self.wish.stop.is_set():
            came = self._look()
            by_hand = bool(paths) and not _is_of_build(paths)
            if _brings(came) or (by_hand and (came.compiled or came.broken)):
                yield came
            if not came.waits:
                self.first = False
                unfinished = isinstance(came.result, Built) and not came.result.done
                self.stuck = self.stuck | paths if unfinished and not by_hand else frozenset()
                return

    def _look(self) -> Watched:
        compiled: list[Unit] = []
        effort = self.effort._replace(observer=_Listening(self.effort.observer, compiled))
        try:
            result = self._done(effort)
        except KeyboardInterrupt:
            _tidy(self.repository)
            raise
        if isinstance(result, Built):
            self.following.wrote((*result.written, *result.deleted), done=result.done)
        came = news(self.known, result.findings)
        self.known = came.known
        return Watched(result.findings, result, tuple(compiled), came.new, came.mended, self.first)

    def _done(self, effort: Effort) -> Built | Checked:
        look = self.following.look
        if self.wish.checks:
            return check(self.repository, WorkTree(), Request(None, datetime.now(UTC).date(), effort), look)
        return build(self.repository, self.wish.selection, Sources(effort=effort), lambda _: None, look)

    def _await_git(self) -> None:
        """Let git come to the end of what it is doing: a checkout changes many files, and is one change."""
        file, end = self.repository.folder / "index.lock", time.monotonic() + _PATIENCE
        while (lock := _lock(file)) and lock != self.passed:
            if time.monotonic() > end:
                # Somebody left it behind, or goes on for long; that need not be found out with each change.
                self.passed = lock
            elif self.wish.stop.wait(_PAUSE):
                return


def _lock(file: Path) -> _Lock:
    try:
        status = file.lstat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def _is_of_build(paths: frozenset[Path]) -> bool:
    return bool(paths) and all(path.parts[0] == BUILD for path in paths)


def _brings(came: Watched) -> bool:
    wrote = isinstance(came.result, Built) and (came.result.written or came.result.deleted)
    return bool(came.first or wrote or came.new.situated or came.mended)


def _tidy(repository: Repository) -> None:
    """Leave nothing behind of a build that was ended while it wrote."""
    if os.path.lexists(repository.root / transaction.TEMPORARY):
        with transaction.lock(repository.root, Report(), patience=0) as lock:
            if lock:
                transaction.apply(Plan(), lock, Report())


@dataclass(frozen=True, slots=True)
class _Listening:
    """Hears which units are compiled, and lets another observer hear everything."""

    observer: Observer
    compiled: list[Unit]

    def begin(self, count: int) -> None:
        self.observer.begin(count)

    def entered(self, stage: str) -> None:
        self.observer.entered(stage)

    def finished(self, unit: Unit, *, remembered: bool) -> None:
        if not remembered:
            self.compiled.append(unit)
        self.observer.finished(unit, remembered=remembered)


def _code() -> list[str]:
    """The digests of varve's own modules, and the versions of its libraries; what it ships beside is read each time."""
    return [line for line in digest.lines() if not line[_PATH:].startswith(_SHIPPED)]


@dataclass(slots=True)
class _Compiler:
    """Which compiler was loaded: what another one remembers, or is told, may not hold for this one."""

    stamp: str = field(default_factory=lambda: stamp().digest)
    code: list[str] = field(default_factory=_code)

    def is_another(self) -> bool:
        """Whether its files are others by now."""
        try:
            now = stamp().digest
            if now == self.stamp:
                return False
            self.stamp = now
            return _code() != self.code
        except OSError:
            return True
