"""Where a value of a document was written: in one file, in a layer, or in a stack of layers."""

from collections.abc import Callable
from typing import TypeAlias

from varve.model.diagnostic import Note, On, Place
from varve.model.layer import Layer, Stack
from varve.model.source import Document, Keys
from varve.resolve.history import origin

Locate: TypeAlias = Callable[[Keys, On], tuple[Place, tuple[Note, ...]]]
"""Returns, for the keys of a value, the place where it was written, and notes on other contributing places."""


def in_document(document: Document) -> Locate:
    """Places in a file that is checked by itself."""
    return lambda keys, on: (Place(document.path, keys, on), ())


def in_layer(layer: Layer) -> Locate:
    """Places in a layer's file, by keys of the unit."""
    return lambda keys, on: (layer.place(keys, on), ())


def in_stack(stack: Stack, at: Keys = ()) -> Locate:
    """Places where the strongest layers of a stack set values, by keys below `at`."""

    def locate(keys: Keys, on: On) -> tuple[Place, tuple[Note, ...]]:
        place, notes = origin(stack, (*at, *keys))
        return place._replace(on=on), notes

    return locate
