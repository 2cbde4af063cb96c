"""Keys by which work on a value is remembered: which value it is, or what it says."""

from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from varve.model.source import Map

_Held = TypeVar("_Held")


class Same(Generic[_Held]):
    """The key of a value that nobody changes, whatever it says; it keeps the value, so that none other takes its id."""

    __slots__ = ("value",)

    def __init__(self, value: _Held) -> None:
        self.value: Final = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


@dataclass(frozen=True, slots=True)
class Spelt:
    """The key of a map among all that say the same in the same order: what Python writes for it, its types included."""

    text: str
    value: Map = field(compare=False)


def spelt(value: Map) -> Spelt:
    """The key of `value` by what it says."""
    return Spelt(repr(value), value)
