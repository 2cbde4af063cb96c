"""An overview of a shelf: the segments of all compilers, and which of them are damaged."""

from collections.abc import Iterator
from typing import NamedTuple

from varve.model.diagnostic import Rule
from varve.world.cache.opening import Place
from varve.world.cache.segment import Segment, unpack_segment
from varve.world.cache.shelf import Item

DAMAGED_CACHE = Rule(
    "world/damaged-cache",
    "A part of the cache is damaged",
    "Results are kept with digests and a seal, and one that is not as it was written is not used, so a build is still "
    "correct, only slower. The cause can be a failing disk, a truncated copy, or somebody else who writes there; in a "
    "repository's own cache it can also be a file copied from another clone. `varve cache prune` removes what is "
    "damaged there; from a shared cache somebody has to remove it by hand.",
)


class Stock(NamedTuple):
    """The content of a shelf: how many segments, verdicts of this compiler and different names of these it has.

    `size` is that of all segments, in bytes. `times` are those of the oldest and the newest of these verdicts, in
    nanoseconds since 1970. `others` are segments of other compilers, and `damaged` those without a valid seal.
    """

    segments: int = 0
    verdicts: int = 0
    names: int = 0
    size: int = 0
    times: tuple[int, int] | None = None
    others: int = 0
    damaged: int = 0


class Examined(NamedTuple):
    """An item with its segment, None without a valid seal, and how many verdicts are damaged, if they were read."""

    item: Item
    segment: Segment | None
    broken: int = 0


def stock(place: Place, compiler: str) -> Stock:
    """The content of a shelf, as its segments' indexes show it. Raises `OSError`."""
    found = list(examined(place))
    own = [each.segment for each in found if each.segment and each.segment.compiler == compiler]
    times = [time for segment in own for name in segment for _, time, *_ in segment.slots(name)]
    damaged = sum(each.segment is None for each in found)
    return Stock(
        segments=len(found),
        verdicts=len(times),
        names=len({name for segment in own for name in segment}),
        size=sum(each.item.size for each in found),
        times=(min(times), max(times)) if times else None,
        others=len(found) - len(own) - damaged,
        damaged=damaged,
    )


def examined(place: Place, *, whole: bool = False) -> Iterator[Examined]:
    """Every segment on a shelf, of all compilers; with `whole`, all blocks are read and verified. Raises `OSError`."""
    for item in place.shelf.items():
        content = place.shelf.open(item)
        if content is None:
            continue
        try:
            found = unpack_segment(content.read, content.size, place.seal.holds)
            sound = found if found and item.is_of(found.compiler) else None
            yield Examined(item, sound, sound.broken() if sound and whole else 0)
        finally:
            content.close()
