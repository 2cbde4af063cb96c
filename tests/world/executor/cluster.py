"""A real Dask scheduler and real workers, on this machine alone."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_SECONDS = 60
"""After so many seconds without its message, a program has failed."""


@dataclass
class Cluster:
    """A scheduler and its workers, as processes with what they say; `folder` is where they may write.

    Work is given up where more than so many workers died of it, by `failures`.
    """

    folder: Path
    failures: int
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    address: str = ""

    def schedule(self) -> None:
        """Start the scheduler, and wait until it listens."""
        self._start("scheduler", [], ["--port", "0"], self.folder)
        self.address = _awaited(self.running["scheduler"], b"Scheduler at:")

    def work(self, *names: str, **environment: str) -> None:
        """Start workers, each in the folder of its name, and wait until the scheduler knows them."""
        for name in names:
            options = ["--no-nanny", "--nthreads", "1", "--name", name, "--local-directory", str(self.folder)]
            self._start(name, [self.address], options, self.folder / name, **environment)
        for name in names:
            _awaited(self.running[name], b"Registered to:")

    def kill(self, name: str) -> None:
        """Kill a process."""
        process = self.running.pop(name)
        process.kill()
        _ended(process)

    def _start(self, name: str, given: list[str], options: list[str], folder: Path, **environment: str) -> None:
        module = "dask_scheduler" if name == "scheduler" else "dask_worker"
        command = [sys.executable, "-m", f"distributed.cli.{module}", *given, "--host", "127.0.0.1", "--no-dashboard"]
        settings = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(self.failures), **environment}
        self.running[name] = subprocess.Popen([*command, *options], cwd=folder, env=settings, stderr=subprocess.PIPE)

    @property
    def executor(self) -> str:
        """The scheduler's address, as `--executor` takes it."""
        return self.address.replace("tcp://", "dask://")


def _awaited(process: "subprocess.Popen[bytes]", words: bytes) -> str:
    """The text after `words` in the program's output, waited for."""
    stream: IO[bytes] = process.stderr  # type: ignore[assignment]
    output = b""
    while words not in output or not output.endswith(b"\n"):
        assert select.select([stream], [], [], _SECONDS)[0], output
        more = os.read(stream.fileno(), 1 << 16)
        assert more, output
        output += more
    return output.partition(words)[2].split()[0].decode()


def _ended(process: "subprocess.Popen[bytes]") -> None:
    process.wait()
    if process.stderr:
        process.stderr.close()


@contextmanager
def cluster(folder: Path, failures: int = 3) -> Iterator[Cluster]:
    """A cluster with a scheduler and no workers; processes that still run at the end are killed."""
    made = Cluster(folder, failures)
    try:
        made.schedule()
        yield made
    finally:
        for name in tuple(made.running):
            made.kill(name)
