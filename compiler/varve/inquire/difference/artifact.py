"""How much of an artifact differs: the number of lines that are on one side only."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Final

from varve.inquire.difference.renaming import NAME, Renamed
from varve.model.difference import PRESENT, Change, Lines, Occurrence

_ALIKE: Final = 3 / 4
_MANY: Final = 1024
"""If there are more pairs than this, none is compared."""


def artifact(path: str, before: bytes | None, after: bytes | None, was: str = "") -> Occurrence:
    """The change of the artifact at `path`, relative to the folder of its unit; `before` or `after` is None if missing.

    A line that only moves is on both sides. `was` is the earlier name of its file, if it was renamed.
    """
    folder, slash, name = path.rpartition("/")
    left, right = (Counter((data or b"").splitlines()) for data in (before, after))
    lines = Lines(1, (right - left).total(), (left - right).total())
    if was:
        return Occurrence(Change("artifact", folder + slash, NAME, was, name), name, lines)
    if before is not None and after is not None:
        return Occurrence(Change("artifact", folder + slash), name, lines)
    sides = (None if data is None else PRESENT for data in (before, after))
    return Occurrence(Change("artifact", folder + slash, "", *sides), name, lines)


def renamed_artifacts(
    gone: Iterable[str], come: Collection[str], services: Renamed, alike: Callable[[str, str], bool]
) -> Renamed:
    """The new paths of renamed artifacts, by their old paths.

    Those are artifacts of renamed services, and of a tenant's own files that are `alike`.
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
    """Whether an artifact is a copy of a tenant's own file, whose name does not come from a service."""
    return path.rpartition("/")[0].endswith("/raw")


def are_alike(before: bytes | None, after: bytes | None) -> bool:
    """Whether most lines of two artifacts are the same."""
    left, right = (Counter((data or b"").splitlines()) for data in (before, after))
    return (left & right).total() >= _ALIKE * max(left.total(), right.total())
