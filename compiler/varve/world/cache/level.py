"""One level of the cache: the segments of one compiler on a shelf that have valid seals."""

import time
from collections.abc import Iterator
from typing import Final, NamedTuple

from varve.model.memory import Remembered
from varve.world.cache import shelf
from varve.world.cache.limits import Limits
from varve.world.cache.segment import Segment, Slot, unpack_segment
from varve.world.cache.shelf import Content, Item, Seal, Shelf

ENTRIES: Final = 4
"""How many verdicts of one name are kept, so that switching between branches still gets cache hits."""

_SECOND: Final = 10**9


class Level(NamedTuple):
    """A shelf with its seal, and the segments of one compiler; `damaged` are items that are no valid segments of it.

    A verdict that was used after `since`, in nanoseconds since 1970, is young, and need not be written again; `young`
    has the names and keys of the young verdicts that were recalled.
    """

    shelf: Shelf
    seal: Seal
    compiler: str
    limits: Limits
    since: int
    young: set[tuple[str, str]]
    segments: dict[Item, Segment]
    damaged: list[Item]
    contents: list[Content]

    def recall(self, name: str) -> Iterator[Remembered]:
        """The newest verdicts of a name, at most `ENTRIES`, each key once; those in damaged blocks are left out."""
        found = self._slots(name)
        if len(found) > 1:
            found.sort(key=_time, reverse=True)
        given: set[bytes] = set()
        for slot, segment in found:
            if slot[0] not in given and (entry := segment.load(name, slot)):
                given.add(slot[0])
                if slot[1] >= self.since:
                    self.young.add((name, entry.key))
                yield entry
            if len(given) == ENTRIES:
                return

    def has(self, name: str, key: str) -> bool:
        """Whether a verdict is stored here and is young."""
        known = bytes.fromhex(key)
        return any(slot[0] == known and slot[1] >= self.since for slot, _ in self._slots(name))

    def add(self, item: Item, content: Content, *, is_known: bool = False) -> None:
        """Add a segment if its seal holds; that of one that `is_known`, as this process made it, is not checked."""
        self.contents.append(content)
        found = unpack_segment(content.read, content.size, _accept if is_known else self.seal.holds)
        # The item's name also says which compiler wrote it, but only the sealed content can be trusted.
        if found and found.compiler == self.compiler:
            self.segments[item] = found
        else:
            self.damaged.append(item)

    def close(self) -> None:
        """Close the contents of all segments."""
        while self.contents:
            self.contents.pop().close()

    def _slots(self, name: str) -> list[tuple[Slot, Segment]]:
        return [(slot, segment) for segment in self.segments.values() for slot in segment.slots(name)]


def _time(found: tuple[Slot, Segment]) -> int:
    return found[0][1]


def _accept(*_: bytes) -> bool:
    return True


def opened(place: Shelf, seal: Seal, compiler: str, limits: Limits) -> Level:
    """A level with the newest segments of a compiler, which the caller has to close. Raises `OSError`."""
    since = time.time_ns() - limits.age * _SECOND // 2
    level = Level(place, seal, compiler, limits, since, young=set(), segments={}, damaged=[], contents=[])
    try:
        place.prepare()
        for item in [each for each in place.items() if each.is_of(compiler)][: shelf.MOST]:
            if content := place.open(item):
                level.add(item, content)
    except BaseException:
        level.close()
        raise
    return level
