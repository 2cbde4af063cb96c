"""What a change costs somebody who watches: from the file that is saved until its artifacts are written."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.command import VARVE, Figures, Run, summed

_READY: Final = "watching for changes"
_REST: Final = 4.0
"""How many seconds pass between two changes: by then a watch has looked again at the whole."""
_TIMES: Final = slice(11, 15)
"""Where `/proc/N/stat` has, behind the name, the time of a process, and of those that it has waited for."""


def measured(folder: Path, runs: int, change: Callable[[], object]) -> Figures:
    """The figures of `varve watch` in `folder`, which was built, after each `change`; the first is not counted."""
    with _watching(folder) as process:
        return summed([_after(change, process) for _ in range(runs + 1)][1:])


@contextmanager
def _watching(folder: Path) -> "Iterator[subprocess.Popen[str]]":
    with subprocess.Popen([*VARVE, "watch"], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        while not _line(process).startswith(_READY):
            pass
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)


def _after(change: Callable[[], object], process: "subprocess.Popen[str]") -> Run:
    time.sleep(_REST)
    busy, start = _busy(process.pid), time.perf_counter()
    change()
    said = _line(process)
    if " 0 written" in said or " written" not in said:
        raise ValueError(f"nothing was written: {said}")
    return Run(time.perf_counter() - start, _busy(process.pid) - busy)


def _line(process: "subprocess.Popen[str]") -> str:
    said = process.stdout.readline() if process.stdout else ""
    if not said:
        raise ValueError("the watch has ended")
    return said


def _busy(number: int) -> float:
    """How many seconds of CPU time a process took until now, with the git that it has asked."""
    fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[_TIMES])) / os.sysconf("SC_CLK_TCK")
