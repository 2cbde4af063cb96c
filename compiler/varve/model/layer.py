"""Layers, and the stack of layers from which a unit is merged."""

from typing import Literal, NamedTuple

from varve.model.diagnostic import On, Place
from varve.model.source import Keys, Map

Owner = Literal["platform", "tenant"]


class Layer(NamedTuple):
    """One file in a stack; `value` is its content, already nested under the keys of `into`.

    The higher `priority` wins. Within one priority, a file that extends another has a higher `rank` than its parent;
    two files that are equal in both must not contradict each other.
    """

    name: str
    priority: int
    owner: Owner
    file: str
    value: Map
    into: Keys = ()
    rank: int = 0

    def place(self, keys: Keys, on: On = "value") -> Place:
        """The place in this layer's file that sets `keys` of the unit."""
        return Place(self.file, keys[len(self.into) :], on)


class Lock(NamedTuple):
    """A path that only the platform may set, and the place of the lock."""

    keys: Keys
    place: Place


class Stack(NamedTuple):
    """The layers of one unit or environment, weakest first, and their locks."""

    layers: tuple[Layer, ...]
    locks: tuple[Lock, ...] = ()
