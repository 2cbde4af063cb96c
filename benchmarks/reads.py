"""Figures of the reading interface: how many values a thread reads in a second, and how long the slowest reads took.

Run it with `python -m benchmarks.reads FOLDER`, FOLDER being a repository, or with a number of tenants for a new one.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Final, NamedTuple, cast

import varve
from benchmarks.repository import make
from varve.api.config.section import Section

READS: Final = 500_000
LONG: Final = 5_000_000
"""How many reads last long enough for several concurrent reloads."""
TENANTS: Final = 100


class Figures(NamedTuple):
    """Reads per second, and the 50th, 99th and 99.9th percentiles of their duration in microseconds."""

    rate: float
    half: float
    most: float
    nearly_all: float


def measure(read: Callable[[], object], reads: int = READS) -> Figures:
    """The figures of one reader: the rate is measured without a clock between reads, the durations with one."""
    start = time.perf_counter()
    for _ in range(reads):
        read()
    rate = reads / (time.perf_counter() - start)
    times = sorted(_timed(read) for _ in range(reads))
    half, most, nearly_all = (times[int(share * reads)] * 1e6 for share in (0.5, 0.99, 0.999))
    return Figures(rate, half, most, nearly_all)


def _timed(read: Callable[[], object]) -> float:
    start = time.perf_counter()
    read()
    return time.perf_counter() - start


@contextmanager
def reloading(config: "varve.ConfigManager", file: Path) -> Iterator[list[float]]:
    """Repeatedly change a file that affects all tenants and reload, in another thread; yields the reloads' seconds."""
    stop, text = Event(), file.read_text(encoding="utf-8")
    took: list[float] = []

    def work() -> None:
        while not stop.is_set():
            file.write_text(f"{text}labels: {{run: r{len(took)}}}\n", encoding="utf-8")
            start = time.perf_counter()
            config.reload()
            took.append(time.perf_counter() - start)

    thread = Thread(target=work)
    thread.start()
    try:
        yield took
    finally:
        stop.set()
        thread.join()
        file.write_text(text, encoding="utf-8")


def main(folder: Path) -> None:
    """Measure the repository in `folder`."""
    config = varve.ConfigManager(folder)
    start = time.process_time()
    config.warm()
    units = [(tenant, name) for tenant in config.tenants() for name in config.environments()]
    print(f"{len(units)} units resolved in {time.process_time() - start:.1f} s of CPU\n")
    tenant, environment = units[0]
    path = _scalar(config.unit(tenant, environment))
    print(f"{'':<34}{'a second':>11}{'p50 us':>8}{'p99 us':>8}{'p99.9':>8}")
    _row("get, a scalar", measure(lambda: config.get(tenant, environment, path)))
    _row("get, a map", measure(lambda: config.get(tenant, environment, "services")))
    _row("get, nothing there", measure(lambda: config.get(tenant, environment, "services.nothing.here")))
    view = config.unit(tenant, environment)
    _row("unit(...)[...], one level", measure(lambda: view["services"]))
    with reloading(config, folder / "environments/defaults.yaml") as took:
        found = measure(lambda: config.get(tenant, environment, path), LONG)
    _row("get, while all is reloaded", found)
    print(f"\n{len(took)} reloads meanwhile, {sum(took) / len(took):.2f} s of wall time each")


def _scalar(unit: Section) -> str:
    services = cast("Section", unit["services"])
    return f"services.{next(iter(services))}.owner"


def _row(what: str, figures: Figures) -> None:
    print(f"{what:<34}{figures.rate:>11,.0f}{figures.half:>8.2f}{figures.most:>8.2f}{figures.nearly_all:>8.2f}")


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].isdigit():
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            make(Path(temporary), int(sys.argv[1]) if len(sys.argv) > 1 else TENANTS)
            main(Path(temporary))
