"""What a run costs after a change, from no change at all to one that affects every unit."""

import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import table, watching
from benchmarks.command import STATUS, VARVE, Figures, measure
from benchmarks.repository import commit, git
from benchmarks.work import Work, build, changing_all, changing_one

_BUILD: Final = (*VARVE, "build")
_CHECK: Final = (*VARVE, "check")
_SINCE: Final = "--since"


def measured(work: Work, cold: Figures) -> Figures:
    """Print what runs cost in a built repository; returns the figures of a build after a change of one tenant's file.

    Leaves the repository built and committed.
    """
    commit(work.folder)
    table.head("nothing changed")
    status = measure(STATUS, work.folder, work.runs)
    under = table.by_wall("git status", status)
    table.row("floor: git status", status)
    table.row("build", measure(_BUILD, work.folder, work.runs), 0, under, "2x")
    table.row("check", measure(_CHECK, work.folder, work.runs), 0, under, "2x")
    table.head("one tenant's file changed")
    one = measure(_BUILD, work.folder, work.runs, changing_one(work.folder))
    table.row("build", one, 0, under, "below 0.3 s")
    only = (*_BUILD, "--tenant", "tenant-0000")
    table.row("build --tenant", measure(only, work.folder, work.runs, changing_one(work.folder)), 0, under)
    watched = watching.measured(work.folder, work.runs, changing_one(work.folder))
    table.row("watch, from saved to written", watched, 0, under, "below 0.3 s")
    table.head("a default of all changed")
    every = measure(_BUILD, work.folder, work.runs, changing_all(work.folder))
    table.row("build", every, work.units, table.by_cpu("cold", cold), "1x")
    git(work.folder, "checkout", "-q", "--", ".")
    return one


def since(work: Work, one: Figures) -> None:
    """Print what checking a change costs in a fresh clone, if `varve check` has `--since`.

    It should take as long as a build after `one` change.
    """
    usage = subprocess.run([*_CHECK, "--help"], check=True, capture_output=True, text=True).stdout
    if _SINCE not in usage:
        table.line("check --since in a fresh clone", "this varve does not have it")
        return
    git(work.folder, "checkout", "-q", "-b", "change")
    changing_one(work.folder)()
    build(work.folder)
    commit(work.folder)
    clone = work.folder.with_name(f"{work.folder.name}-clone")
    fresh = partial(_clone, work.folder, clone)
    table.head("a fresh clone, one tenant's file changed")
    table.row("check", measure(_CHECK, clone, 1, fresh, warm=False), work.units)
    found = measure((*_CHECK, _SINCE, "origin/main"), clone, work.runs, fresh)
    table.row(f"check {_SINCE} main", found, 0, table.by_wall("one tenant's file changed", one), "1x")
    shutil.rmtree(clone)
    git(work.folder, "checkout", "-q", "main")


def _clone(origin: Path, clone: Path) -> None:
    shutil.rmtree(clone, ignore_errors=True)
    subprocess.run(["git", "clone", "-q", "--branch", "change", str(origin), str(clone)], check=True)
