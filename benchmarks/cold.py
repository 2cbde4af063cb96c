"""A cold build: without `build/`, and with an empty cache."""

from benchmarks import floor, table
from benchmarks.command import VARVE, Figures, measure
from benchmarks.stages import shares
from benchmarks.work import Work, build, forget


def measured(work: Work) -> Figures:
    """Print the figures of a cold build and of its floor; leaves `work` built."""
    found = measure((*VARVE, "build"), work.folder, work.runs, lambda: forget(work.folder), warm=False)
    least = floor.measured(work.folder, work.runs)
    sizes = [path.stat().st_size for path in work.built()]
    own = [path.stat().st_size for path in work.built() if "tenants" in path.relative_to(work.folder).parts]
    table.line(
        "artifacts of the units themselves",
        f"{len(own) / work.units:.1f} files, {sum(own) / work.units / 1000:.1f} kB a unit",
    )
    table.line("all artifacts", f"{len(sizes)} files, {sum(sizes) / 2**20:.1f} MiB")
    table.head("cold")
    table.row("floor: sources parsed, artifacts written", least, work.units)
    under = table.by_cpu("floor", least)
    aim = "below 6 ms a unit, 4x" if work.kind.name == "lean" else ""
    table.row("build", found, work.units, under, aim)
    return found


def stages(work: Work) -> None:
    """Print where the CPU time of a cold compile goes, in one process and without writing; leaves `work` built."""
    forget(work.folder)
    spent = sorted(shares(work.folder), key=lambda each: -each[1])
    build(work.folder)
    whole = sum(seconds for _, seconds in spent)
    print(f"\n{'compile, by stage':<{table.WIDTH}}{'CPU s':>9}{'ms/unit':>9}{'share':>9}")
    for stage, seconds in spent:
        print(f"{stage:<{table.WIDTH}}{seconds:9.3f}{1000 * seconds / work.units:9.3f}{seconds / whole:9.1%}")
