"""The minimum cost of a cold build: varve's parser reads every source once, and every artifact is hashed and written.

Run it with `python -m benchmarks.floor FOLDER BESIDE`, where FOLDER is a built repository and BESIDE a folder to write
into; it prints the wall and CPU seconds of one process, without its start and without reading the artifacts.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.command import Figures, Run, summed
from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.model.source import Source
from varve.read.parse import EXTENSIONS, parse


def main(folder: Path, target: Path) -> None:
    """Read the sources and write the artifacts once, and print the seconds that it took."""
    sources = [path for path in folder.rglob("*") if path.suffix in EXTENSIONS and _is_source(path, folder)]
    artifacts = [
        (path.relative_to(folder), path.read_bytes()) for path in (folder / "build").rglob("*") if path.is_file()
    ]
    read(sources[:1])
    wall, cpu = time.perf_counter(), time.process_time()
    read(sources)
    write(artifacts, target)
    print(time.perf_counter() - wall, time.process_time() - cpu)


def read(paths: list[Path]) -> None:
    """Read sources as varve reads them."""
    report = Report()
    for path in paths:
        parse(Source(str(path), "", path.read_bytes()), report)
    if report.broken:
        raise ValueError(f"a source is broken: {next(iter(report)).message}")


def write(artifacts: list[tuple[Path, bytes]], folder: Path) -> None:
    """Hash artifacts and write them below `folder`."""
    for name, data in artifacts:
        identify(data)
        path = folder / name
        try:
            path.write_bytes(data)
        except FileNotFoundError:
            path.parent.mkdir(parents=True)
            path.write_bytes(data)


def measured(folder: Path, runs: int) -> Figures:
    """The figures of the floor of a built repository."""
    command = (sys.executable, "-m", "benchmarks.floor", str(folder))
    found = []
    for _ in range(runs):
        target = tempfile.mkdtemp(prefix="floor-", dir=folder.parent)
        output = subprocess.run([*command, target], check=True, capture_output=True, text=True).stdout
        wall, cpu = map(float, output.split())
        found.append(Run(wall, cpu))
    return summed(found)


def _is_source(path: Path, folder: Path) -> bool:
    return path.relative_to(folder).parts[0] not in {"build", ".git", ".varve"} and path.is_file()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
