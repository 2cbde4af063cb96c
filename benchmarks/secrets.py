"""Figures of opening and rendering secrets: the time per file, one after another and many at a time.

Run it with `python -m benchmarks.secrets`, or with a number of files: `python -m benchmarks.secrets 500`.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.keyed import identities, recipients, seal
from tests.oracle import sops_program
from varve.model.diagnostic import Report
from varve.model.source import Source
from varve.read.sealed.file import Sealed, sealed
from varve.world.secrets import release, unsealing
from varve.world.secrets.private import private
from varve.world.secrets.release import Target
from varve.world.secrets.sops import Access, Sops, ready
from varve.world.secrets.unsealing import Locked

T = TypeVar("T")


def read(path: str, data: bytes) -> Sealed:
    """Parse a sealed file, without any key."""
    found = sealed(Source(path, "", data), Report())
    if found is None:
        raise ValueError(path)
    return found


def timed(what: str, count: int, work: Callable[[], T]) -> T:
    """Print the time per file of some work."""
    start = time.perf_counter()
    done = work()
    print(f"{what:<44}{1000 * (time.perf_counter() - start) / count:9.2f} ms a file")
    return done


def one_by_one(sops: Sops, files: list[Locked], report: Report) -> None:
    """Open files one after another."""
    for each in files:
        unsealing.unseal(sops, [each], report)


def main(count: int) -> None:
    """Open and render this number of files, with three secrets each."""
    program = sops_program()
    os.environ["PATH"] = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    values = {"webhook": "https://hooks.example/x", "token": "x" * 32, "password": "y" * 20}
    data = seal(program, values, recipients("acme"))
    report = Report()
    with tempfile.TemporaryDirectory() as folder, private() as memory, ready(report) as sops:
        if sops is None:
            sys.exit("there is no SOPS here")
        access = Access(identities(Path(folder, "keys")) / "acme.agekey")
        paths = [f"tenants/t{number}/secrets/x.sops.yaml" for number in range(count)]
        files = [Locked(read(path, data), data, access) for path in paths]
        timed("opened one after another", count, lambda: one_by_one(sops, files, report))
        opened = timed(f"opened {os.cpu_count()} at a time", count, lambda: unsealing.unseal(sops, files, report))
        plain = {
            f"tenants/t{number}/x/{name}": secret
            for number, secrets in enumerate(opened.values())
            for name, secret in secrets.items()
        }
        target = Target(memory / "secrets")
        timed(f"rendered in memory, {len(plain)} secrets", count, lambda: release.release(target, plain, report))
        timed("rendered over the old ones", count, lambda: release.release(target, plain, report))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 200)
