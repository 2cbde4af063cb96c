"""How much of an artifact differs: the lines that are there on one side only."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Final

from varve.inquire.difference.renaming import NAME, Renamed
from varve.model.difference import THERE, Change, Lines, Met

_ALIKE: Final = 3 / 4
_MANY: Final = 1024
"""Of more pairs none is compared."""


def artifact(path: str, before: bytes | None, after: bytes | None, was: str = "") -> Met:
    """What became of the artifact at `path`, which is told from the folder of its unit on; None where it is not there.

    Lines are counted by what they say: one that only stands at another place is there on both sides. `was` is how its
    file was called.
    """
    folder, slash, name = path.rpartition("/")
    left, right = (Counter((data or b"").splitlines()) for data in (before, after))
    lines = Lines(1, (right - left).total(), (left - right).total())
    if was:
        return Met(Change("artifact", folder + slash, NAME, was, name), name, lines)
    if before is not None and after is not None:
        return Met(Change("artifact", folder + slash), name, lines)
    sides = (None if data is None else THERE for data in (before, after))
    return Met(Change("artifact", folder + slash, "", *sides), name, lines)


def again(gone: Iterable[str], come: Collection[str], services: Renamed, alike: Callable[[str, str], bool]) -> Renamed:
    """The paths of artifacts that have come in the place of others, by the paths of those.

    They are of services that are called otherwise now, or of files of a tenant's own that are `alike`.
    """
    gone = list(gone)
    own = [each for each in come if _is_own(each)]
    few = sum(map(_is_own, gone)) * len(own) <= _MANY
    found: dict[str, str] = {}
    for old in gone:
        folder, _, file = old.rpartition("/")
        stem, dot, kind = file.partition(".")
        due = f"{folder}/{services.get(stem, stem)}{dot}{kind}"
        free = (each for each in own if each.rpartition("/")[0] == folder and each not in found.values())
        if not _is_own(old):
            new = due if due in come else None
        else:
            new = next((each for each in free if few and alike(old, each)), None)
        if new:
            found[old] = new
    return found


def _is_own(path: str) -> bool:
    """Whether an artifact is a file of a tenant's own, which has its name from nobody else."""
    return path.rpartition("/")[0].endswith("/raw")


def are_alike(before: bytes | None, after: bytes | None) -> bool:
    """Whether most lines of two artifacts are the same."""
    left, right = (Counter((data or b"").splitlines()) for data in (before, after))
    return (left & right).total() >= _ALIKE * max(left.total(), right.total())
