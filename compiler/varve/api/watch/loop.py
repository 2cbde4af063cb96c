"""Watching: build or check after every change of the files, and yield the results."""

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
from varve.api.watch.changes import Known, news
from varve.api.watch.following import Following
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
"""How many seconds to wait for a git command that is changing files."""
_PAUSE: Final = 0.02
_SHIPPED: Final = ("policies/", "templates/")
_PATH: Final = 66
"""The position of the path in a line of the compiler's digest."""

_Lock: TypeAlias = tuple[int, int] | None
"""The inode and the time of git's index lock, if there is one."""


class Task(NamedTuple):
    """What to do after every change until `stop` is set: build a selection, or only check everything."""

    stop: Event
    selection: Selection = Selection()
    checks: bool = False


def watch(repository: Repository, task: Task, effort: Effort) -> Iterator[Watched]:
    """The result for the files now, and after each change that brings anything new.

    The iterator ends when `task.stop` is set, or when varve's own files have changed. Raises `ModuleNotFoundError`
    without the library that it needs, and later `watcher.Unwatched`.
    """
    bursts = watcher.changes(repository.root, task.stop, artifacts=True, index=repository.folder / "index")
    return _Watch(repository, task, effort).looks(bursts)


@dataclass(slots=True)
class _Watch:
    """The state of a watch between two looks.

    `stuck` are paths under `build/` that were reported while the disk refused writing: varve's own attempts to write
    change them, so trying again because of them would never end. `ignored_lock` is a lock of git's that was waited for
    in vain.
    """

    repository: Repository
    task: Task
    effort: Effort
    following: Following = field(default_factory=Following)
    known: Known = field(default_factory=dict)
    first: bool = True
    stuck: frozenset[Path] = frozenset()
    ignored_lock: _Lock = None

    def looks(self, bursts: Iterable[frozenset[Path]]) -> Iterator[Watched]:
        """The results after each batch of changes, without those that bring nothing new."""
        compiler = _Compiler()
        for paths in bursts:
            self.following.reported |= paths
            if _is_of_build(paths) and paths <= self.stuck:
                continue
            self._await_git()
            if compiler.is_another():
                return
            if not (paths or self.first) and self.following.is_current(self.repository):
                continue
            yield from self._looks(paths)
            # Imported now, while nothing is saved, so that the first change need not wait for it.
            from varve.api.compile import judging, making  # noqa: F401
            from varve.pipeline.carried import Carried

            if self.effort.cached and self.effort.carried is None:
                self.effort = self.effort._replace(carried=Carried())

    def _looks(self, paths: frozenset[Path]) -> Iterator[Watched]:
        """The results after one batch of changes; while another varve is writing, it tries again."""
        while not self.task.stop.is_set():
            watched = self._look()
            by_hand = bool(paths) and not _is_of_build(paths)
            if _has_news(watched) or (by_hand and (watched.compiled or watched.broken)):
                yield watched
            if not watched.is_locked:
                self.first = False
                unfinished = isinstance(watched.result, Built) and not watched.result.done
                self.stuck = self.stuck | paths if unfinished and not by_hand else frozenset()
                return

    def _look(self) -> Watched:
        compiled: list[Unit] = []
        effort = self.effort._replace(observer=_CompiledUnits(self.effort.observer, compiled))
        try:
            result = self._done(effort)
        except KeyboardInterrupt:
            _tidy(self.repository)
            raise
        if isinstance(result, Built):
            self.following.record_writes((*result.written, *result.deleted), done=result.done)
        update = news(self.known, result.findings)
        self.known = update.known
        return Watched(result.findings, result, tuple(compiled), update.new, update.mended, self.first)

    def _done(self, effort: Effort) -> Built | Checked:
        look = self.following.look
        if self.task.checks:
            return check(self.repository, WorkTree(), Request(None, datetime.now(UTC).date(), effort), look)
        return build(self.repository, self.task.selection, Sources(effort=effort), lambda _: None, look)

    def _await_git(self) -> None:
        """Wait until git has released its index lock: a checkout changes many files, and is one change."""
        file, end = self.repository.folder / "index.lock", time.monotonic() + _PATIENCE
        while (lock := _lock(file)) and lock != self.ignored_lock:
            if time.monotonic() > end:
                # A stale lock, or a very long command; later changes do not wait for it again.
                self.ignored_lock = lock
            elif self.task.stop.wait(_PAUSE):
                return


def _lock(file: Path) -> _Lock:
    try:
        status = file.lstat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def _is_of_build(paths: frozenset[Path]) -> bool:
    return bool(paths) and all(path.parts[0] == BUILD for path in paths)


def _has_news(watched: Watched) -> bool:
    wrote = isinstance(watched.result, Built) and (watched.result.written or watched.result.deleted)
    return bool(watched.first or wrote or watched.new.situated or watched.mended)


def _tidy(repository: Repository) -> None:
    """Remove the temporary files of a build that was interrupted while it was writing."""
    if os.path.lexists(repository.root / transaction.TEMPORARY):
        with transaction.lock(repository.root, Report(), patience=0) as lock:
            if lock:
                transaction.apply(Plan(), lock, Report())


@dataclass(frozen=True, slots=True)
class _CompiledUnits:
    """An observer that records which units are compiled, and passes everything on to another observer."""

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
    """The digests of varve's own modules, and its libraries' versions; shipped files are read anew for each build."""
    return [line for line in digest.lines() if not line[_PATH:].startswith(_SHIPPED)]


@dataclass(slots=True)
class _Compiler:
    """The compiler that was loaded; after an update, cached verdicts of another one may be read or written."""

    stamp: str = field(default_factory=lambda: stamp().digest)
    code: list[str] = field(default_factory=_code)

    def is_another(self) -> bool:
        """Whether the files of the compiler have changed since."""
        try:
            now = stamp().digest
            if now == self.stamp:
                return False
            self.stamp = now
            return _code() != self.code
        except OSError:
            return True
