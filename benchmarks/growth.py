"""How time grows with the number of tenants: in proportion for a cold build, not at all if one tenant changes."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks import table
from benchmarks.command import VARVE, Figures, measure
from benchmarks.repository import Kind, commit
from benchmarks.work import changing_one, forget, made


def measured(parent: Path, sizes: Sequence[int], kind: Kind, runs: int) -> None:
    """Print the cold build, and the build after one tenant's change, of a new repository of each size."""
    table.head("growth")
    before: tuple[int, Figures] | None = None
    changes = []
    for tenants in sizes:
        folder = parent / f"growth-{tenants}"
        work = made(folder, tenants, kind, runs)
        cold = measure((*VARVE, "build"), folder, runs, partial(forget, folder), warm=False)
        table.row(f"{tenants} tenants, cold", cold, work.units, *_against(before, tenants))
        before = tenants, cold
        commit(folder)
        changes.append((tenants, measure((*VARVE, "build"), folder, runs, changing_one(folder))))
    first = table.by_wall(f"that of {sizes[0]}", changes[0][1])
    for tenants, change in changes:
        table.row(f"{tenants} tenants, one tenant's file changed", change, 0, first)


def _against(before: tuple[int, Figures] | None, tenants: int) -> tuple[table.Floor | None, str]:
    if before is None:
        return None, ""
    fewer, figures = before
    return table.by_cpu(f"that of {fewer}", figures), f"{1.1 * tenants / fewer:.1f}x"
