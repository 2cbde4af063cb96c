"""What is written on a shelf, and what goes: small segments grow together, and the oldest of others make room first.

Nobody locks a shelf. Two who write at one time both leave a segment, and both may have taken up the same older ones: so
a verdict stands there twice until somebody takes up both, and none is lost.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from varve.world.cache.level import ENTRIES, Level
from varve.world.cache.limits import Limits
from varve.world.cache.segment import Kept, Segment, pack
from varve.world.cache.shelf import Item, Shelf, held, named

_SECOND: Final = 10**9
_SMALL: Final = 256 << 10
_OVERHEAD: Final = 256
"""About how many bytes a verdict takes beside its body, in a segment with many like it."""


def keep(level: Level, fresh: Sequence[Kept], now: int) -> bool:
    """Write verdicts into a new segment, which takes up the smaller ones; False where nothing can be signed.

    So there are never many segments, and none is written anew until it has grown by half. Raises `OSError`.
    """
    return _write(level, fresh, _smaller(level, _weight(fresh)), now)


def compact(level: Level, now: int) -> bool:
    """Take up all segments into one, without what is damaged, too old or too much; False where nothing can be signed.

    Raises `OSError`.
    """
    return _write(level, (), list(level.segments), now)


def clear(shelf: Shelf) -> None:
    """Take everything away, of every compiler. Raises `OSError`."""
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


def _write(level: Level, fresh: Sequence[Kept], taken: Sequence[Item], now: int) -> bool:
    kept = _trimmed([*fresh, *_all(level.segments[item] for item in taken)], level.limits, now)
    data: bytes | None = b""
    while kept:
        data = pack(kept, level.compiler, level.seal.sign)
        if data is None:
            return False
        if len(data) <= level.limits.size:
            break
        kept = kept[: len(kept) // 2]
    if kept and data:
        name = named(level.compiler, now, os.urandom(4).hex())
        level.shelf.put(name, data)
        level.add(Item(name, len(data)), held(data), is_known=True)
    for item in (*taken, *level.damaged):
        level.shelf.drop(item.name)
        level.segments.pop(item, None)
    level.damaged.clear()
    _prune(level, now)
    return True


def _all(segments: Iterable[Segment]) -> Iterator[Kept]:
    for segment in segments:
        for name in segment:
            for slot in segment.slots(name):
                if entry := segment.load(name, slot):
                    yield Kept(entry, slot[1])


def _trimmed(kept: list[Kept], limits: Limits, now: int) -> list[Kept]:
    """The newest verdicts of each name that are not too old, the newest first, and about as many as there is room for.

    What is asked is not weighed, because most of it is shared.
    """
    names: defaultdict[str, set[str]] = defaultdict(set)
    found = []
    # What is full leaves room, or every run would have to write all of it anew.
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
    """Remove what is too old, and as much as there is too much: first of other compilers, and there the oldest."""
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
