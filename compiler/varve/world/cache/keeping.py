"""Writing to a shelf: small segments are merged, and those of other compilers are removed first to make room.

A shelf is not locked. Two processes that write at the same time may both merge the same older segments into their own:
then a verdict is stored twice until a later process merges both, and none is lost.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from varve.world.cache.level import ENTRIES, Level
from varve.world.cache.limits import Limits
from varve.world.cache.segment import Kept, Segment, pack
from varve.world.cache.shelf import Item, Shelf, in_memory, segment_name

_SECOND: Final = 10**9
_SMALL: Final = 256 << 10
_OVERHEAD: Final = 256
"""About how many bytes a verdict needs in addition to its body, in a segment with many like it."""


def keep(level: Level, fresh: Sequence[Kept], now: int) -> bool:
    """Write verdicts into a new segment, merged with the smaller segments; False if nothing can be signed.

    So there are never many segments, and a large one is rewritten only when it grows by half. Raises `OSError`.
    """
    return _write(level, fresh, _smaller(level, _weight(fresh)), now)


def compact(level: Level, now: int) -> bool:
    """Merge all segments into one, without damaged, expired or excess verdicts; False if nothing can be signed.

    Raises `OSError`.
    """
    return _write(level, (), list(level.segments), now)


def clear(shelf: Shelf) -> None:
    """Remove all segments, of every compiler. Raises `OSError`."""
    for item in shelf.items():
        shelf.drop(item.name)


def _smaller(level: Level, weight: int) -> list[Item]:
    if weight + sum(item.size for item in level.segments) > level.limits.size:
        return list(level.segments)
    found = []
    for item in sorted(level.segments, key=lambda item: item.size):
        if item.size > max(2 * weight, _SMALL):
            break
        found.append(item)
        weight += item.size
    return found


def _write(level: Level, fresh: Sequence[Kept], merged: Sequence[Item], now: int) -> bool:
    kept = _trimmed([*fresh, *_verdicts(level.segments[item] for item in merged)], level.limits, now)
    data: bytes | None = b""
    while kept:
        data = pack(kept, level.compiler, level.seal.sign)
        if data is None:
            return False
        if len(data) <= level.limits.size:
            break
        kept = kept[: len(kept) // 2]
    if kept and data:
        name = segment_name(level.compiler, now, os.urandom(4).hex())
        level.shelf.put(name, data)
        level.add(Item(name, len(data)), in_memory(data), is_known=True)
    for item in (*merged, *level.damaged):
        level.shelf.drop(item.name)
        level.segments.pop(item, None)
    level.damaged.clear()
    _prune(level, now)
    return True


def _verdicts(segments: Iterable[Segment]) -> Iterator[Kept]:
    for segment in segments:
        for name in segment:
            for slot in segment.slots(name):
                if entry := segment.load(name, slot):
                    yield Kept(entry, slot[1])


def _trimmed(kept: list[Kept], limits: Limits, now: int) -> list[Kept]:
    """The newest verdicts of each name that have not expired, newest first, and about as many as there is room for.

    The size of their questions is not counted, because most questions are shared between verdicts.
    """
    names: defaultdict[str, set[str]] = defaultdict(set)
    found = []
    # Some room is left free: otherwise every run would have to rewrite a full cache.
    room = limits.size * 3 // 4
    for each in sorted(kept, key=lambda each: each.time, reverse=True):
        keys = names[each.entry.name]
        if each.time < now - limits.age * _SECOND:
            break
        if len(keys) == ENTRIES or each.entry.key in keys:
            continue
        room -= _weight([each])
        if room < 0:
            break
        keys.add(each.entry.key)
        found.append(each)
    return found


def _weight(kept: Iterable[Kept]) -> int:
    return sum(len(each.entry.body) + _OVERHEAD for each in kept)


def _prune(level: Level, now: int) -> None:
    """Remove expired segments, and others until the size fits: first those of other compilers, oldest first."""
    items = level.shelf.items()
    old = [item for item in items if item.time < now - level.limits.age * _SECOND]
    left = [item for item in items if item not in old]
    excess = sum(item.size for item in left) - level.limits.size
    for item in sorted(left, key=lambda item: (item.is_of(level.compiler), item.time)):
        if excess <= 0:
            break
        old.append(item)
        excess -= item.size
    for item in old:
        level.shelf.drop(item.name)
