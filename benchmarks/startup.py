"""What start-up takes: a command that does nothing, and the hook that checks one staged file."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks import table
from benchmarks.command import PYTHON, VARVE, measure
from benchmarks.repository import git
from benchmarks.work import Work, build, changing_one

HOOK: Final = (*VARVE, "check", "--staged")
_LINE: Final = re.compile(r"import time: +(\d+) \| +\d+ \| +(\S+)")


class Imports(NamedTuple):
    """How many modules a command imported, in how many milliseconds, and the milliseconds of the slowest packages."""

    modules: int
    spent: float
    dearest: tuple[tuple[str, float], ...]


def measured(work: Work) -> None:
    """Print what start-up takes, in a repository that is built and committed; leaves it so."""
    table.head("start-up")
    python = measure(PYTHON, work.folder, work.runs)
    under = table.by_wall("python", python)
    table.row("floor: python -c pass", python)
    table.row("varve --version", measure((*VARVE, "--version"), work.folder, work.runs), 0, under)
    changing_one(work.folder)()
    build(work.folder)
    git(work.folder, "add", "-A")
    table.row("varve check --staged, one source staged", measure(HOOK, work.folder, work.runs), 0, under)
    for what, command in (("varve --version", (*VARVE, "--version")), ("varve check --staged", HOOK)):
        found = imports(command, work.folder)
        dearest = ", ".join(f"{name} {spent:.0f}" for name, spent in found.dearest)
        table.line(f"{what}, imports", f"{found.spent:.0f} ms of {found.modules} modules: {dearest}")
    git(work.folder, "reset", "-q", "--hard")
    build(work.folder)


def imports(command: tuple[str, ...], folder: Path, most: int = 5) -> Imports:
    """What a Python command imports, as `-X importtime` reports it, which slows the command down."""
    traced = [sys.executable, "-X", "importtime", *command[1:]]
    trace = subprocess.run(traced, cwd=folder, check=True, capture_output=True, text=True).stderr
    packages: dict[str, float] = {}
    found = _LINE.findall(trace)
    for spent, name in found:
        package = name.partition(".")[0]
        packages[package] = packages.get(package, 0.0) + int(spent) / 1000
    dearest = sorted(packages.items(), key=lambda each: -each[1])[:most]
    return Imports(len(found), sum(packages.values()), tuple(dearest))
