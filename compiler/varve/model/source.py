"""Source files, and the plain values that they contain."""

from typing import NamedTuple, TypeAlias

Value: TypeAlias = dict[str, "Value"] | list["Value"] | str | int | float | bool | None
"""The data of every source format: maps, lists and scalars."""

Map: TypeAlias = dict[str, Value]

Keys: TypeAlias = tuple[str | int, ...]
"""The path to a value inside another: map keys and list positions, which count from 0."""


class Source(NamedTuple):
    """One file of a snapshot: its path from the repository's root, its git blob id, and its bytes."""

    path: str
    id: str
    data: bytes


class Document(NamedTuple):
    """A file and its parsed content; `value` is None if the file could not be read, which has been reported."""

    path: str
    value: Map | None
