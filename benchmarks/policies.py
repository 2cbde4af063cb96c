"""Figures of policies: what it takes to judge units by all policies that varve ships, in addition to compiling them.

Run it with `python -m benchmarks.policies`, or with a number of tenants, each with three units of one kind, then of the
other. The units are compiled first without chosen policies, then with all of them: the difference is what judging
takes, including what it shares with the proof. The last row leaves out the policies that the repository violates,
because failures are looked up in its sources.

A build compiles once and then ends, so each compile runs in a process of its own, with nothing cached; compiling the
policies themselves counts too.
"""

import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.repository import KINDS, Kind, make
from benchmarks.stages import snapshot_of
from varve import pipeline
from varve.cli.start import GC_THRESHOLD
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.policy import library
from varve.read.reading import reading

TENANTS: Final = 334
AIM: Final = "below 3 ms, below 20 us"
TIMES: Final = 3
"""How often each is compiled: other load on the machine makes a run slower, never faster."""

_ALONE: Final = "import sys; from benchmarks.policies import alone; alone(sys.argv[1])"


class Figures(NamedTuple):
    """The figures of one compile: its units, the codes of its diagnostics, and its CPU seconds."""

    units: int
    codes: tuple[str, ...]
    spent: float


def main(tenants: int) -> None:
    """Print the figures of a repository of each kind, with this number of tenants."""
    print(f"{tenants} tenants, Python {sys.version.split()[0]}")
    for kind in KINDS.values():
        judged(tenants, kind)


def judged(tenants: int, kind: Kind) -> None:
    """Print the figures of units of one kind."""
    print(
        f"\n{f'judging {kind.name} units':<34}{'policies':>9}{'CPU s':>9}{'ms/unit':>9}{'judging':>9}{'us/policy':>10}"
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make(folder, tenants, kind)
        usual = compiled(folder)
        row("nobody chooses any", usual, usual, 0)
        ids = judged_by_expression(folder)
        whole = choosing(folder, ids)
        row("all that are shipped", whole, usual, len(ids))
        failed = {code.removeprefix("policy/") for code in whole.codes}
        holding = [each for each in ids if each not in failed]
        row("those that hold", choosing(folder, holding), usual, len(holding))
        print(
            f"{usual.units} units, {len(whole.codes)} failures of {len(failed)} policies; "
            f"{growth(folder):.1f} KiB a unit stay in memory"
        )


def judged_by_expression(folder: Path) -> list[str]:
    """The ids of the policies that judge units and platforms by an expression."""
    report = Report()
    found = library.read(reading(snapshot_of(folder), report), report)
    return sorted(id_ for id_, each in found.policies.items() if not each.rules)


def choosing(folder: Path, ids: Collection[str]) -> Figures:
    """Compile with these policies chosen everywhere, as notes, so that their failures break no unit."""
    settings = folder / "policies/settings.yaml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text("policies:\n" + "".join(f"  {id_}: {{severity: note}}\n" for id_ in ids), encoding="utf-8")
    return compiled(folder)


def compiled(folder: Path) -> Figures:
    """The figures of compiling the work tree in `folder`: the fastest of several processes."""
    command = (sys.executable, "-c", _ALONE, str(folder))
    found = [Figures(*json.loads(subprocess.check_output(command))) for _ in range(TIMES)]
    return min(found, key=lambda each: each.spent)


def alone(folder: str) -> None:
    """Print the figures of compiling once in this process, as JSON."""
    gc.set_threshold(GC_THRESHOLD)  # as a command does
    snapshot = snapshot_of(Path(folder))
    build, spent = timed(snapshot)
    if not build.units:
        raise ValueError(f"{folder} gives no artifacts: {build.diagnostics[0].message}")
    json.dump(Figures(len(build.units), tuple(each.rule.code for each in build.diagnostics), spent), sys.stdout)


def timed(snapshot: Snapshot) -> tuple[Build, float]:
    """What a snapshot compiles to, and the CPU seconds that it took."""
    gc.collect()
    start = time.process_time()
    build = pipeline.compile(snapshot)
    return build, time.process_time() - start


def growth(folder: Path) -> float:
    """By how many KiB memory grows for each unit compiled again in one process, with the policies chosen last."""
    snapshot = snapshot_of(folder)
    units = len(timed(snapshot)[0].units)
    before = resident()
    for _ in range(TIMES):
        timed(snapshot)
    return (resident() - before) / units / TIMES


def resident() -> float:
    """The resident memory of this process in KiB, after a garbage collection."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1024


def row(what: str, found: Figures, floor: Figures, policies: int) -> None:
    """Print one row."""
    judging = 1000 * (found.spent - floor.spent) / found.units
    each = f"{1000 * judging / policies:10.2f}  (aim: {AIM})" if policies else ""
    print(f"{what:<34}{policies:9}{found.spent:9.3f}{1000 * found.spent / found.units:9.3f}{judging:9.3f}{each}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TENANTS)
