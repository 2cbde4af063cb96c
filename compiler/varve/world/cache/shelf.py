"""What a place for segments has to be able to do, and what vouches for what stands there.

Whatever a shelf cannot do it says by an `OSError`. Whoever may write there may take away or add what he likes: no byte
counts for which no seal vouches.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

MOST: Final = 64
"""How many segments of one compiler are looked at; the newest ones."""

_NAME: Final = re.compile(r"([0-9a-f]{16})-([0-9a-f]{16})-[0-9a-f]{8}\.pack")


class Item(NamedTuple):
    """A segment on a shelf, by its name, and how many bytes it has."""

    name: str
    size: int

    @property
    def time(self) -> int:
        """When it was written, in nanoseconds since 1970, by the clock of whoever wrote it."""
        return int(self.name[17:33], 16)

    def is_of(self, compiler: str) -> bool:
        """Whether it says that it was written by this compiler."""
        return self.name[:16] == compiler[:16]


class Content(NamedTuple):
    """What a segment holds, to be read part by part, and closed."""

    size: int
    read: Callable[[int, int], bytes]
    close: Callable[[], object]


class Shelf(Protocol):
    """A place for segments, each written once and never changed. Every call may raise `OSError`."""

    def prepare(self) -> None:
        """Get ready on this machine for what will be asked; nothing is asked yet."""

    def items(self) -> list[Item]:
        """What stands there, newest first, and nothing that is not named as a segment is; none where there is none."""

    def open(self, item: Item) -> Content | None:
        """What a segment holds, or None where it is gone."""

    def put(self, name: str, data: bytes) -> None:
        """Let a segment stand there: all of it, or nothing."""

    def drop(self, name: str) -> None:
        """Take a segment away, unless it is gone already."""


class Seal(Protocol):
    """What vouches for statements."""

    def sign(self, statement: bytes) -> bytes | None:
        """The seal of a statement, or None where there is no key to make one."""

    def holds(self, statement: bytes, seal: bytes) -> bool:
        """Whether a seal vouches for a statement."""


def named(compiler: str, time: int, mark: str) -> str:
    """The name of a segment: by whom it was written, when, and eight digits that nobody else has chosen."""
    return f"{compiler[:16]}-{time:016x}-{mark}.pack"


def is_name(name: str) -> bool:
    """Whether a segment may be named so."""
    return _NAME.fullmatch(name) is not None


def newest(items: list[Item]) -> list[Item]:
    """The same, newest first."""
    return sorted(items, key=lambda item: (item.time, item.name), reverse=True)


def held(data: bytes) -> Content:
    """Content that is in memory already."""
    return Content(len(data), lambda start, length: data[start : start + length], lambda: None)
