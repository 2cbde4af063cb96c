"""What a command costs: wall and CPU time and peak memory, over several runs."""

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
    """The figures of one run, or statistics of several: wall and CPU seconds, including children, and peak MiB."""

    wall: float
    cpu: float
    memory: float = 0.0


class Figures(NamedTuple):
    """What the runs of a command took: the median, and the minimum, which other load on the machine affects least."""

    median: Run
    least: Run


def nothing() -> None:
    """The preparation of a run that needs none."""


def measure(
    command: Sequence[str], folder: Path, runs: int, before: Callable[[], object] = nothing, *, warm: bool = True
) -> Figures:
    """The figures of a command in `folder`, with `before` called before each run; `warm` adds a first, uncounted run.

    Raises `CalledProcessError` if the command fails, with its error output as a note.
    """
    found = []
    for _ in range(runs + warm):
        before()
        found.append(once(command, folder))
    return summed(found[warm:])


def once(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run a command once in `folder`, and return its figures."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    errors = process.stderr.read() if process.stderr else ""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.stderr:
        process.stderr.close()
    if process.returncode:
        error = subprocess.CalledProcessError(process.returncode, list(command))
        error.add_note(errors)
        raise error
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def summed(found: Sequence[Run]) -> Figures:
    """The median and the minimum of each figure over some runs."""
    columns = list(zip(*found, strict=True))
    return Figures(Run(*map(statistics.median, columns)), Run(*map(min, columns)))
