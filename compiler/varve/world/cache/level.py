"""One level of the cache: the segments of a compiler on a shelf, as far as their seals hold."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from varve.model.memory import Remembered
from varve.world.cache import shelf
from varve.world.cache.limits import Limits
from varve.world.cache.segment import Segment, Slot, unpack_segment
from varve.world.cache.shelf import Content, Item, Seal, Shelf

ENTRIES: Final = 4
"""How many verdicts of one name are kept: so that whoever switches between branches finds those of each."""

_SECOND: Final = 10**9


@dataclass(frozen=True, slots=True)
class Level:
    """A shelf, what vouches for what stands there, and the segments of one compiler; `damaged` are no such segments.

    A verdict that was of use after `since`, in nanoseconds since 1970, is young; `young` are the names and keys of such
    verdicts that were recalled.
    """

    shelf: Shelf
    seal: Seal
    compiler: str
    limits: Limits
    since: int = 0
    young: set[tuple[str, str]] = field(default_factory=set)
    segments: dict[Item, Segment] = field(default_factory=dict)
    damaged: list[Item] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)

    def recall(self, name: str) -> Iterator[Remembered]:
        """The newest verdicts of that name, each key once; those in a damaged block are left out."""
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
        """Whether a verdict stands here, and is young."""
        known = bytes.fromhex(key)
        return any(slot[0] == known and slot[1] >= self.since for slot, _ in self._slots(name))

    def add(self, item: Item, content: Content, *, is_known: bool = False) -> None:
        """Look at a segment; the seal of one that `is_known` was made a moment ago."""
        self.contents.append(content)
        found = unpack_segment(content.read, content.size, _any if is_known else self.seal.holds)
        # Whoever reads a name may believe it, but what counts is what the seal vouches for.
        if found and found.compiler == self.compiler:
            self.segments[item] = found
        else:
            self.damaged.append(item)

    def close(self) -> None:
        """Let go of the shelf."""
        while self.contents:
            self.contents.pop().close()

    def _slots(self, name: str) -> list[tuple[Slot, Segment]]:
        return [(slot, segment) for segment in self.segments.values() for slot in segment.slots(name)]


def _time(found: tuple[Slot, Segment]) -> int:
    return found[0][1]


def _any(*_: bytes) -> bool:
    return True


def opened(place: Shelf, seal: Seal, compiler: str, limits: Limits) -> Level:
    """A level with the newest segments of a compiler, to be closed. Raises `OSError`."""
    level = Level(place, seal, compiler, limits, time.time_ns() - limits.age * _SECOND // 2)
    try:
        place.prepare()
        for item in [each for each in place.items() if each.is_of(compiler)][: shelf.MOST]:
            if content := place.open(item):
                level.add(item, content)
    except BaseException:
        level.close()
        raise
    return level
