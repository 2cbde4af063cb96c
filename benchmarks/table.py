"""How figures are printed: a row each, with its ratio to a floor of the same run, and what the ratio should be."""

from typing import Final, NamedTuple

from benchmarks.command import Figures, Run

WIDTH: Final = 44
_COLUMNS: Final = ("wall s", "least", "CPU s", "least", "ms/unit")


class Floor(NamedTuple):
    """What a row is compared with: a name, and the seconds that it took, wall or CPU, as the row is to be read."""

    name: str
    wall: float = 0.0
    cpu: float = 0.0

    def under(self, run: Run) -> float:
        """How many times the floor a run took."""
        return run.wall / self.wall if self.wall else run.cpu / self.cpu


def by_wall(name: str, figures: Figures) -> Floor:
    """The floor that some figures are, for those that somebody waits for."""
    return Floor(name, wall=figures.median.wall)


def by_cpu(name: str, figures: Figures) -> Floor:
    """The floor that some figures are, for work that many processors may share."""
    return Floor(name, cpu=figures.median.cpu)


def head(title: str) -> None:
    """Print the head of a table."""
    print()
    if len(title) >= WIDTH:
        print(title)
        title = ""
    print(f"{title:<{WIDTH}}" + "".join(f"{each:>9}" for each in _COLUMNS) + "  ratio")


def row(what: str, figures: Figures, units: int = 0, floor: Floor | None = None, aim: str = "") -> None:
    """Print a row: the CPU time a unit where there are `units`, and how it stands to `floor` and to the `aim`."""
    median, least = figures
    each = f"{1000 * median.cpu / units:9.2f}" if units else " " * 9
    ratio = f"  {floor.under(median):.2f}x {floor.name}" if floor else ""
    wanted = f"{'' if floor else ' '} (aim: {aim})" if aim else ""
    print(f"{what:<{WIDTH}}{median.wall:9.3f}{least.wall:9.3f}{median.cpu:9.3f}{least.cpu:9.3f}{each}{ratio}{wanted}")


def line(what: str, said: str) -> None:
    """Print a row that is not about time."""
    print(f"{what:<{WIDTH}}{said}")
