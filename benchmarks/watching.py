"""What a change costs under `varve watch`: from saving the file until its artifacts are written."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.command import VARVE, Figures, Run, summed
from varve.cli.watch import READY

_REST: Final = 4.0
"""Seconds between two changes: by then, the watch has looked at the whole repository again."""
_TIMES: Final = slice(11, 15)
"""The fields of `/proc/N/stat`, after the name, with the CPU time of a process and of its waited-for children."""


def measured(folder: Path, runs: int, change: Callable[[], object]) -> Figures:
    """The figures of `varve watch` in the built repository `folder` after each `change`; the first is not counted."""
    with _watching(folder) as process:
        return summed([_after(change, process) for _ in range(runs + 1)][1:])


@contextmanager
def _watching(folder: Path) -> "Iterator[subprocess.Popen[str]]":
    with subprocess.Popen([*VARVE, "watch"], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        while not _line(process).startswith(READY):
            pass
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)


def _after(change: Callable[[], object], process: "subprocess.Popen[str]") -> Run:
    time.sleep(_REST)
    busy, start = _busy(process.pid), time.perf_counter()
    change()
    line = _line(process)
    if " 0 written" in line or " written" not in line:
        raise ValueError(f"nothing was written: {line}")
    return Run(time.perf_counter() - start, _busy(process.pid) - busy)


def _line(process: "subprocess.Popen[str]") -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise ValueError("the watch has ended")
    return line


def _busy(number: int) -> float:
    """The CPU seconds of a process until now, including its finished git processes."""
    fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[_TIMES])) / os.sysconf("SC_CLK_TCK")
