"""Figures as rows of a table, each with its ratio to a floor of the same run, and the aim for the ratio."""

from typing import Final, NamedTuple

from benchmarks.command import Figures, Run

WIDTH: Final = 44
_COLUMNS: Final = ("wall s", "least", "CPU s", "least", "ms/unit")


class Floor(NamedTuple):
    """What a row is compared with: a name, and either its wall or its CPU seconds."""

    name: str
    wall: float = 0.0
    cpu: float = 0.0

    def under(self, run: Run) -> float:
        """The ratio of a run to the floor."""
        return run.wall / self.wall if self.wall else run.cpu / self.cpu


def by_wall(name: str, figures: Figures) -> Floor:
    """A floor for wall time, for what people wait for."""
    return Floor(name, wall=figures.median.wall)


def by_cpu(name: str, figures: Figures) -> Floor:
    """A floor for CPU time, for work that several processors may share."""
    return Floor(name, cpu=figures.median.cpu)


def head(title: str) -> None:
    """Print the head of a table."""
    print()
    if len(title) >= WIDTH:
        print(title)
        title = ""
    print(f"{title:<{WIDTH}}" + "".join(f"{each:>9}" for each in _COLUMNS) + "  ratio")


def row(what: str, figures: Figures, units: int = 0, floor: Floor | None = None, aim: str = "") -> None:
    """Print a row, with the CPU time per unit if `units` is set, the ratio to `floor`, and the `aim`."""
    median, least = figures
    each = f"{1000 * median.cpu / units:9.2f}" if units else " " * 9
    ratio = f"  {floor.under(median):.2f}x {floor.name}" if floor else ""
    wanted = f"{'' if floor else ' '} (aim: {aim})" if aim else ""
    print(f"{what:<{WIDTH}}{median.wall:9.3f}{least.wall:9.3f}{median.cpu:9.3f}{least.cpu:9.3f}{each}{ratio}{wanted}")


def line(what: str, value: str) -> None:
    """Print a row that is not about time."""
    print(f"{what:<{WIDTH}}{value}")
