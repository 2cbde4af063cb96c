"""The interfaces of a shelf, which stores segments, and of a seal, which authenticates them.

A shelf raises `OSError` for whatever it cannot do. Its content is not trusted: anybody who can write there may add or
remove anything, so no byte is used without a valid seal.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

MOST: Final = 64
"""The most segments of one compiler that are read, the newest ones."""

_NAME: Final = re.compile(r"([0-9a-f]{16})-([0-9a-f]{16})-[0-9a-f]{8}\.pack")


class Item(NamedTuple):
    """A segment on a shelf: its name, and its size in bytes."""

    name: str
    size: int

    @property
    def time(self) -> int:
        """When it was written, in nanoseconds since 1970, by the writer's clock."""
        return int(self.name[17:33], 16)

    def is_of(self, compiler: str) -> bool:
        """Whether its name says that it was written by this compiler."""
        return self.name[:16] == compiler[:16]


class Content(NamedTuple):
    """The content of a segment: its size, a function that reads a part by offset and length, and one that closes it."""

    size: int
    read: Callable[[int, int], bytes]
    close: Callable[[], object]


class Shelf(Protocol):
    """A place for segments, each written once and never changed. Every call may raise `OSError`."""

    def prepare(self) -> None:
        """Do what later calls need on this machine, such as imports, without accessing the shelf."""

    def items(self) -> list[Item]:
        """The segments on the shelf, newest first; anything with another kind of name is ignored."""

    def open(self, item: Item) -> Content | None:
        """The content of a segment, or None if it is gone."""

    def put(self, name: str, data: bytes) -> None:
        """Write a segment atomically."""

    def drop(self, name: str) -> None:
        """Remove a segment, if it still exists."""


class Seal(Protocol):
    """A way to authenticate statements."""

    def sign(self, statement: bytes) -> bytes | None:
        """The seal of a statement, or None without a key to make one."""

    def holds(self, statement: bytes, seal: bytes) -> bool:
        """Whether `seal` is a valid seal of a statement."""


def segment_name(compiler: str, time: int, mark: str) -> str:
    """The name of a segment: the compiler that wrote it, the time, and eight random digits that make it unique."""
    return f"{compiler[:16]}-{time:016x}-{mark}.pack"


def is_name(name: str) -> bool:
    """Whether a segment can have this name."""
    return _NAME.fullmatch(name) is not None


def newest(items: list[Item]) -> list[Item]:
    """The items sorted by time, newest first."""
    return sorted(items, key=lambda item: (item.time, item.name), reverse=True)


def in_memory(data: bytes) -> Content:
    """Content that is in memory already."""
    return Content(len(data), lambda start, length: data[start : start + length], lambda: None)
