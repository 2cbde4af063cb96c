"""Figures of the compiler: time and memory of whole commands, and their ratios to floors of the same run.

Run it by `make bench`, or with a number of tenants: `make bench BENCH=300`. Machines differ, ratios less.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.repository import git, make
from benchmarks.stages import shares

RUNS = 5
ENVIRONMENTS = 3
GROWING = (25, 50, 100)
VARVE = [sys.executable, "-m", "varve"]


class Figures(NamedTuple):
    """Medians over the runs of a command: wall and CPU seconds, and peak memory in MiB."""

    wall: float
    cpu: float
    memory: float


def measure(command: list[str], folder: Path, before: Callable[[], None] = lambda: None, runs: int = RUNS) -> Figures:
    """The figures of a command, each run after `before`; the first run warms up and is not counted."""
    found = []
    for _ in range(runs + 1):
        before()
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        found.append(Figures(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
    return Figures(*(statistics.median(column) for column in zip(*found[1:], strict=True)))


def say(what: str, figures: Figures, floor: Figures, units: int = 0) -> None:
    """Print one row."""
    each = f"{1000 * figures.cpu / units:8.2f}" if units else " " * 8
    ratio = figures.wall / floor.wall
    print(f"{what:<34}{figures.wall:9.3f}{figures.cpu:9.3f}{figures.memory:8.0f}{each}{ratio:9.1f}x")


def main(tenants: int) -> None:
    """Measure a repository of so many tenants."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make(folder, tenants)
        bench(folder, tenants)
    print(f"\n{'link, by tenants':<34}{'ms/tenant':>9}")
    for some in GROWING:
        print(f"{some:<34}{linked(some):9.2f}")


def linked(tenants: int) -> float:
    """CPU milliseconds a tenant that linking takes in a repository of so many: the same for all numbers, or less."""
    with tempfile.TemporaryDirectory() as temporary:
        make(Path(temporary), tenants)
        spent = shares(Path(temporary))
        return 1000 * sum(seconds for stage, seconds in spent if stage.startswith("link")) / tenants


def bench(folder: Path, tenants: int) -> None:
    """Measure the repository in `folder`."""
    units = tenants * ENVIRONMENTS
    service = folder / "tenants/tenant-0000/services/service-1.yaml"
    text = service.read_text(encoding="utf-8")
    numbers = iter(range(1000, 9999))

    def change() -> None:
        service.write_text(text.replace("> 100", f"> {next(numbers)}"), encoding="utf-8")

    print(f"{tenants} tenants x {ENVIRONMENTS} environments, medians of {RUNS} runs, Python {sys.version.split()[0]}\n")
    print(f"{'':<34}{'wall s':>9}{'CPU s':>9}{'MiB':>8}{'ms/unit':>8}{'to floor':>10}")
    python = measure([sys.executable, "-c", "pass"], folder)
    say("floor: python -c pass", python, python)
    say("varve --version", measure([*VARVE, "--version"], folder), python)
    status = measure(["git", "status", "--porcelain"], folder)
    say("floor: git status", status, status)
    say("cold build", measure([*VARVE, "build"], folder, lambda: _forget(folder), runs=3), status, units)
    git(folder, "add", "-A")
    say("second build", measure([*VARVE, "build"], folder), status, units)
    say("check", measure([*VARVE, "check"], folder), status, units)
    say("build after one tenant's change", measure([*VARVE, "build"], folder, change), status, units)
    say("build -t of the tenant that changed", measure([*VARVE, "build", "-t", "tenant-0000"], folder, change), status)
    built = [path.stat().st_size for path in (folder / "build").rglob("*") if path.is_file()]
    print(f"\n{len(built)} artifacts, {sum(built) / 2**20:.1f} MiB, {sum(built) / units / 1024:.1f} KiB a unit")
    _forget(folder)
    spent = dict(shares(folder))
    print(f"\n{'compile, by stage':<34}{'CPU s':>9}{'ms/unit':>9}{'share':>8}")
    for stage, seconds in sorted(spent.items(), key=lambda each: -each[1]):
        print(f"{stage:<34}{seconds:9.3f}{1000 * seconds / units:9.3f}{seconds / sum(spent.values()):8.1%}")


def _forget(folder: Path) -> None:
    for name in ("build", ".varve"):
        shutil.rmtree(folder / name, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
