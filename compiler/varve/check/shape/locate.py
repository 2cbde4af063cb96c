"""Where a value of a document was written: in one file, in one layer, or in a stack that many files made."""

from collections.abc import Callable
from typing import TypeAlias

from varve.model.diagnostic import Note, On, Place
from varve.model.layer import Layer, Stack
from varve.model.source import Document, Keys
from varve.resolve.history import origin

Locate: TypeAlias = Callable[[Keys, On], tuple[Place, tuple[Note, ...]]]
"""From the keys of a value to the place where it was written, and to who else contributed to it."""


def in_document(document: Document) -> Locate:
    """Places in a file that is looked at as it is."""
    return lambda keys, on: (Place(document.path, keys, on), ())


def in_layer(layer: Layer) -> Locate:
    """Places in a layer's file, by keys of the unit."""
    return lambda keys, on: (layer.place(keys, on), ())


def in_stack(stack: Stack, at: Keys = ()) -> Locate:
    """Places of the strongest voices of a stack, by keys below `at`."""

    def locate(keys: Keys, on: On) -> tuple[Place, tuple[Note, ...]]:
        place, notes = origin(stack, (*at, *keys))
        return place._replace(on=on), notes

    return locate
