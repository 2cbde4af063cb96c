"""The peak memory of a command: of its parent, and of each worker without what it shares."""

import os
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks import table
from benchmarks.command import VARVE
from benchmarks.work import Work, forget

_PAUSE: Final = 0.01
_KIB: Final = 1024


class Peak(NamedTuple):
    """Peak MiB: of the parent, including shared memory, and of each worker's private memory."""

    parent: float
    workers: tuple[float, ...]


def measured(work: Work) -> None:
    """Print the peaks of a cold build and of a build without changes; leaves `work` built."""
    print(f"\n{'peak memory':<{table.WIDTH}}{'parent':>9}{'a worker beyond it':>20}  (aim: 256 MiB, and 50 MiB)")
    forget(work.folder)
    for what in ("cold build", "build, nothing changed"):
        found = peak((*VARVE, "build"), work.folder)
        alone = f"{max(found.workers):12.0f} MiB of {len(found.workers)}" if found.workers else f"{'none':>20}"
        print(f"{what:<{table.WIDTH}}{found.parent:5.0f} MiB{alone}")


def peak(command: Sequence[str], folder: Path) -> Peak:
    """Run a Python command, and sample the memory of its processes.

    A worker is a descendant that keeps running the same program; other programs, such as git, are not, although each
    begins as a copy of the process that starts it.
    """
    parent = 0.0
    held: dict[int, list[float]] = defaultdict(list)
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    program = os.path.realpath(command[0])
    while process.poll() is None:
        parent = max(parent, _field(Path(f"/proc/{process.pid}/status"), "VmHWM:"))
        for each in _below(process.pid):
            runs = _program(each)
            if runs == program:
                held[each].append(_private(each))
            elif runs:
                held.pop(each, None)
        time.sleep(_PAUSE)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command))
    return Peak(parent, tuple(max(each) for each in held.values() if len(each) > 1))


def _below(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for each in _text(task).split():
            yield int(each)
            yield from _below(int(each))


def _program(pid: int) -> str:
    """The path of a process's program; empty once it has ended."""
    try:
        return os.path.realpath(f"/proc/{pid}/exe", strict=True)
    except OSError:
        return ""


def _private(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup")
    return _field(rollup, "Private_Clean:") + _field(rollup, "Private_Dirty:")


def _field(file: Path, name: str) -> float:
    """A field of a file of /proc, in MiB; 0 if the process has ended."""
    found = [line.split()[1] for line in _text(file).splitlines() if line.startswith(name)]
    return int(found[0]) / _KIB if found else 0.0


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except OSError:
        return ""
