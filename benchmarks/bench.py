"""Figures of the compiler: what whole commands take, and their ratios to floors of the same run.

Run it with `make bench`, with options such as `make bench BENCH="--tenants 300 --kind full"`. Machines differ, ratios
less; on a busy machine, the minimum of the runs is more meaningful than their median.
"""

import argparse
import os
import platform
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks import change, cold, growth, memory, policies, reads, startup
from benchmarks.repository import ENVIRONMENTS, KINDS
from benchmarks.work import made

_DOUBLINGS: Final = (1, 2, 4)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure a repository of the size and kind that the arguments set, then larger ones."""
    options = _parser().parse_args(arguments)
    kind = KINDS[options.kind]
    print(
        f"{options.tenants} tenants x {len(ENVIRONMENTS)} environments, {kind.name} units; median and least of "
        f"{options.runs} runs; Python {platform.python_version()}, {os.cpu_count()} processors"
    )
    with tempfile.TemporaryDirectory(prefix="varve-bench-") as temporary:
        parent = Path(temporary)
        work = made(parent / "repository", options.tenants, kind, options.runs)
        took = cold.measured(work)
        memory.measured(work)
        cold.stages(work)
        change.since(work, change.measured(work, took))
        startup.measured(work)
        if options.growth:
            growth.measured(parent, [options.tenants * each for each in _DOUBLINGS], kind, options.runs)
        print("\nreading resolved values from memory")
        reads.main(work.folder)
    policies.judged(min(options.tenants, policies.TENANTS), kind)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.bench", description=__doc__)
    parser.add_argument("--tenants", type=int, default=1000, help="the number of tenants, each in three environments")
    parser.add_argument("--kind", choices=KINDS, default="lean", help="the size of a unit")
    parser.add_argument("--runs", type=int, default=5, help="the number of runs for each figure")
    parser.add_argument("--no-growth", dest="growth", action="store_false", help="leave out the larger repositories")
    return parser


if __name__ == "__main__":
    main()
