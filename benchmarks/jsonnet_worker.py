"""Evaluates the programs of units with `rjsonnet` in several processes, in the virtual environment of `rjsonnet`.

Run it with `python jsonnet_worker.py FOLDER OUTPUT PROCESSES [TENANT]`; it imports nothing of varve.
"""

import json
import multiprocessing
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

CHUNK = 16


def main(folder: Path, output: Path, processes: int, tenant: str = "*") -> None:
    """Write the files of all units, or of one tenant's units."""
    units = sorted((folder / "units").rglob(f"{tenant}.jsonnet"))
    evaluate: Callable[[str], str] = import_module("rjsonnet").evaluate_file
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for _ in pool.imap_unordered(partial(write, evaluate, output), units, CHUNK):
            pass


def write(evaluate: Callable[[str], str], output: Path, unit: Path) -> None:
    """Write the files of one unit."""
    home = output / unit.parent.name / unit.stem
    for path, text in json.loads(evaluate(str(unit))).items():
        file = home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:5])
