"""How much of an artifact differs: the lines that are there on one side only."""

from collections import Counter

from varve.model.difference import THERE, Change, Lines, Met


def artifact(path: str, before: bytes | None, after: bytes | None) -> Met:
    """What became of the artifact at `path`, which is told from the folder of its unit on; None where it is not there.

    Lines are counted by what they say: one that only stands at another place is there on both sides.
    """
    folder, slash, name = path.rpartition("/")
    left, right = (Counter((data or b"").splitlines()) for data in (before, after))
    added, removed = (right - left).total(), (left - right).total()
    if before is not None and after is not None:
        return Met(Change("artifact", folder + slash), name, Lines(1, added, removed))
    sides = (None if data is None else THERE for data in (before, after))
    return Met(Change("artifact", folder + slash, "", *sides), name, Lines(1, added, removed))
