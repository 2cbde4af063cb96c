"""Keys by which work on a value is remembered: which value it is, or what it says."""

import marshal
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from varve.model.source import Map

T = TypeVar("T")

_TYPED: Final = 2  # the last form of `marshal` in which equal values have equal bytes, whoever else holds their parts


class Same(Generic[T]):
    """The key of a value that nobody changes, whatever it says; it keeps the value, so that none other takes its id."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value: Final = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value


@dataclass(frozen=True, slots=True)
class Spelt:
    """The key of a map by what it says, in which order, and of which types: equal for all that say the same so."""

    data: bytes
    value: Map = field(compare=False)


def spelt(value: Map) -> Spelt:
    """The key of `value` by what it says; raises `ValueError` where it holds anything but plain data."""
    return Spelt(marshal.dumps(value, _TYPED), value)
