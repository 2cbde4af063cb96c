"""Files as the compiler sees them, and the plain values that they hold."""

from typing import NamedTuple, TypeAlias

Value: TypeAlias = dict[str, "Value"] | list["Value"] | str | int | float | bool | None
"""What every format means: plain data, and nothing else."""

Map: TypeAlias = dict[str, Value]

Keys: TypeAlias = tuple[str | int, ...]
"""The way to a value inside another: map keys and list positions."""


class Source(NamedTuple):
    """One file of a snapshot: its path from the repository's root, its git blob id, and its bytes."""

    path: str
    id: str
    data: bytes


class Document(NamedTuple):
    """A file and what it says; `value` is None where it could not be read, which has been reported."""

    path: str
    value: Map | None
