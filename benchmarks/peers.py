"""The same work by other tools, side by side: the same tenants, environments and layers in, the same files out.

Run it with `make bench-peers`, with options such as `make bench-peers BENCH="--tenants 100"`. None of the others
checks, links or proves anything, translates texts, or can tell which units a change touches. In rows with `filled in`,
a tool fills a few parameters into texts or values that varve wrote, the minimum that it could be asked for; in rows
with `from the layers`, it makes every file from the values of the layers, with idiomatic functions.
"""

import argparse
import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks import jsonnet, kapitan, sample, table, tool
from benchmarks.command import VARVE, Figures, measure
from benchmarks.layers import layers, units
from benchmarks.repository import ENVIRONMENTS, LEAN, commit
from benchmarks.tool import Tool
from benchmarks.work import Work, aside, changing_one, forget, made

LEAST: Final = 1
_OUTPUT: Final = "compiled"


class Way(NamedTuple):
    """A way to make the files: its name, its preparation in a folder, its command, and the arguments for one tenant."""

    name: str
    begin: Callable[[Path], None]
    command: tuple[str, ...]
    one: tuple[str, ...]


class Own(NamedTuple):
    """What varve takes for all units, and after a change of one tenant's file."""

    everything: Figures
    one: Figures


class Outcome(NamedTuple):
    """What a way took and wrote: files, bytes, and how many of the sample's files have the same values as varve's."""

    name: str
    figures: Figures
    files: int
    size: int
    alike: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure varve and its peers with the work that the arguments set."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.tenants <= LEAST:
        parser.error(f"the sample is {sample.TENANT}, so there must be more than {LEAST} tenant")
    print(
        f"{options.tenants} tenants x {len(ENVIRONMENTS)} environments, lean units; median and least of {options.runs} "
        f"runs; Python {platform.python_version()}, {os.cpu_count()} processors"
    )
    with tempfile.TemporaryDirectory(prefix="varve-peers-") as temporary:
        work = made(Path(temporary) / "varve", options.tenants, LEAN, options.runs)
        own = _own(work)
        outcomes = [_outcome("varve build", own.everything, list(work.built()), "")]
        for each in (jsonnet.TOOL, kapitan.TOOL):
            refused = tool.install(each)
            if refused:
                print(f"\n{each.name} cannot be installed here, so it is not measured: {refused}")
            else:
                outcomes += _by(each, work, own)
    print(f"\n{'what was written':<{table.WIDTH}}{'files':>9}{'a unit':>9}{'kB/unit':>9}{'MiB held':>10}")
    for outcome in outcomes:
        print(_row(outcome, work.units))


def _own(work: Work) -> Own:
    table.head("varve, all that it does")
    build = (*VARVE, "build")
    found = measure(build, work.folder, work.runs, partial(forget, work.folder), warm=False)
    table.row("varve build", found, work.units)
    commit(work.folder)
    one = measure(build, work.folder, work.runs, changing_one(work.folder))
    table.row("  one tenant's file changed", one)
    return Own(found, one)


def _by(peer: Tool, work: Work, own: Own) -> Iterator[Outcome]:
    """Print the rows of one peer."""
    folder = work.folder.with_name(peer.name)
    folder.mkdir()
    table.head(tool.versions(peer))
    for way in _ways(peer, work, folder):
        way.begin(folder)
        clean = partial(aside, folder, _OUTPUT)
        found = measure(way.command, folder, work.runs, clean, warm=False)
        table.row(f"{peer.name}, {way.name}", found, work.units, table.by_cpu("varve", own.everything))
        compared = _compared(f"{peer.name}, {way.name}", found, folder, list(sample.files(work.folder)))
        one = measure((*way.command, *way.one), folder, work.runs)
        table.row("  one tenant, named by hand", one, 0, table.by_wall("varve", own.one))
        print("  $", *(Path(each).name or each for each in way.command))
        yield compared


def _ways(peer: Tool, work: Work, folder: Path) -> list[Way]:
    values, files = layers(work.tenants, work.kind), list(sample.files(work.folder))
    if peer is jsonnet.TOOL:
        jsonnet.prepare(folder, values, units(values))
        run = jsonnet.command(_OUTPUT)
        return [
            Way("from the layers", jsonnet.by_hand, run, (sample.TENANT,)),
            Way("values filled in", partial(jsonnet.by_filling, files=files), run, (sample.TENANT,)),
        ]
    kapitan.prepare(folder, values, units(values), files)
    one = ("--targets", *(f"{sample.TENANT}-{environment}" for environment in ENVIRONMENTS))
    return [
        Way("Kadet, values filled in", kapitan.by_kadet, kapitan.COMMAND, one),
        Way("Jinja2, texts filled in", kapitan.by_templates, kapitan.COMMAND, one),
    ]


def _compared(name: str, figures: Figures, folder: Path, files: list[sample.File]) -> Outcome:
    """What was written below `folder`, compared with the sample."""
    homes = (f"{sample.ENVIRONMENT}/{sample.TENANT}", f"{sample.TENANT}-{sample.ENVIRONMENT}")
    home = next(each for each in homes if (folder / _OUTPUT / each).is_dir())
    alike = sum(sample.value(folder / _OUTPUT / home / each.path) == each.value for each in files)
    found = [path for path in (folder / _OUTPUT).rglob("*") if path.is_file()]
    return _outcome(name, figures, found, f"{alike} of {len(files)} files of a unit have the values of varve's")


def _outcome(name: str, figures: Figures, found: list[Path], alike: str) -> Outcome:
    return Outcome(name, figures, len(found), sum(path.stat().st_size for path in found), alike)


def _row(outcome: Outcome, units: int) -> str:
    name, figures, files, size, alike = outcome
    held = f"{figures.median.memory:10.0f}"
    return f"{name:<{table.WIDTH}}{files:9}{files / units:9.1f}{size / units / 1000:9.1f}{held}  {alike}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.peers", description=__doc__)
    parser.add_argument("--tenants", type=int, default=1000, help="the number of tenants, each in three environments")
    parser.add_argument("--runs", type=int, default=3, help="the number of runs for each figure")
    return parser


if __name__ == "__main__":
    main()
