"""Layers, and the stack of them that a unit is made of."""

from typing import Literal, NamedTuple

from varve.model.diagnostic import On, Place
from varve.model.source import Keys, Map

Owner = Literal["platform", "tenant"]


class Layer(NamedTuple):
    """One file that speaks in a stack: `value` is what it says, already wrapped at `into`.

    The higher `priority` wins. Files of one layer that follow each other on purpose, a parent before the file that
    extends it, differ in `rank`; two that differ in neither must not contradict each other.
    """

    name: str
    priority: int
    owner: Owner
    file: str
    value: Map
    into: Keys = ()
    rank: int = 0

    def place(self, keys: Keys, on: On = "value") -> Place:
        """Where this layer's file says `keys` of the unit."""
        return Place(self.file, keys[len(self.into) :], on)


class Lock(NamedTuple):
    """A path that only the platform may speak of, and where that is said."""

    keys: Keys
    place: Place


class Stack(NamedTuple):
    """The layers of one unit or environment, weakest first, and the locks they carry."""

    layers: tuple[Layer, ...]
    locks: tuple[Lock, ...] = ()
