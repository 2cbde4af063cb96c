"""Where the CPU time of a cold compile goes: each stage's share, by sampling the stack.

A stage is a room of the compiler. Whatever a stage calls counts as its own, so a parse that resolving needs counts for
resolving; what the pipeline does itself has its own row.
"""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Final

from varve import pipeline
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.world.git import repository
from varve.world.package import library
from varve.world.snapshot import views
from varve.world.snapshot.views import WorkTree

_EVERY: Final = 0.001
"""CPU seconds between two samples; a kernel may sample less often."""

_ROOMS: Final = frozenset({"emit", "link", "check", "resolve", "read", "policy", "write", "world"})
_WITHIN: Final = frozenset({"emit", "link"})
"""The rooms whose parts have a row each."""


def shares(folder: Path) -> Iterator[tuple[str, float]]:
    """The stages of one compile of the repository in `folder`, with their CPU seconds."""
    snapshot = snapshot_of(folder)
    looks: Counter[str] = Counter()
    start = time.process_time()
    build = _watched(snapshot, looks)
    whole = time.process_time() - start
    if not build.artifacts:
        raise ValueError(f"{folder} gives no artifacts: {build.diagnostics[0].message}")
    for stage, count in looks.items():
        yield stage, whole * count / looks.total()


def snapshot_of(folder: Path) -> Snapshot:
    """The work tree in `folder`, over the standard library."""
    report = Report()
    found = repository.find(folder, report)
    snapshot = views.snapshot(found, WorkTree(), report) if found else None
    if found is None or snapshot is None:
        raise ValueError(f"{folder} cannot be opened")
    return library.overlay(snapshot, found)


def stage(names: list[str]) -> str:
    """The stage of a stack of modules, the outermost first, such as `emit prometheus`, `check` or `pipeline`."""
    for name in names:
        match name.split("."):
            case ["varve", room, part, *_] if room in _WITHIN:
                return f"{room} {part}"
            case ["varve", room, *_] if room in _ROOMS:
                return room
    return "pipeline"


def _watched(snapshot: Snapshot, looks: Counter[str]) -> Build:
    def look(_: int, frame: FrameType | None) -> None:
        looks[stage(_modules(frame))] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
    try:
        return pipeline.compile(snapshot)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _modules(frame: FrameType | None) -> list[str]:
    """The modules of a stack, the outermost first."""
    names = []
    while frame is not None:
        names.append(str(frame.f_globals.get("__name__", "")))
        frame = frame.f_back
    return names[::-1]
