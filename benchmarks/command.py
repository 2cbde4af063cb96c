"""What a command costs: wall and CPU time and peak memory, over several runs of it."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

VARVE: Final = (sys.executable, "-m", "varve")
PYTHON: Final = (sys.executable, "-c", "pass")
STATUS: Final = ("git", "status", "--porcelain")


class Run(NamedTuple):
    """One run, or one number of each kind over many: wall and CPU seconds, of children too, and MiB at the peak."""

    wall: float
    cpu: float
    memory: float = 0.0


class Figures(NamedTuple):
    """What the runs of a command took: the median, and the least, which whoever else is busy disturbs least."""

    median: Run
    least: Run


def nothing() -> None:
    """What there is to do before a run that needs nothing."""


def measure(
    command: Sequence[str], folder: Path, runs: int, before: Callable[[], object] = nothing, *, warm: bool = True
) -> Figures:
    """The figures of a command in `folder`, each run after `before`; `warm` runs it once more, first, uncounted.

    Raises `CalledProcessError` where it fails, with what it said as a note.
    """
    found = []
    for _ in range(runs + warm):
        before()
        found.append(once(command, folder))
    return summed(found[warm:])


def once(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Run:
    """One run of a command in `folder`."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    said = process.stderr.read() if process.stderr else ""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.stderr:
        process.stderr.close()
    if process.returncode:
        error = subprocess.CalledProcessError(process.returncode, list(command))
        error.add_note(said)
        raise error
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def summed(found: Sequence[Run]) -> Figures:
    """The median and the least of some runs, each number for itself."""
    columns = list(zip(*found, strict=True))
    return Figures(Run(*map(statistics.median, columns)), Run(*map(min, columns)))
