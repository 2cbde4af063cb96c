"""Where a file says something: the text is read again, with marks, when somebody asks."""

from collections.abc import Callable
from functools import partial
from posixpath import splitext
from typing import Literal, TypeAlias

from varve.model.diagnostic import Span
from varve.model.source import Keys, Source
from varve.read.mark import Marked, find

Locator: TypeAlias = Callable[[Keys, Literal["key", "value"]], Span]
"""Gives the span of a key or of a value."""


def locate(source: Source, keys: Keys, on: Literal["key", "value"]) -> Span:
    """Where `source` says `keys`, or their nearest ancestor that it does say; 1:1 where it says nothing at all.

    The span of a scalar is the scalar as it is written, quotes included, as far as its first line goes. A collection on
    one line has its own span, any other that of its key; so has a value of which nothing is written. What stands in an
    alias or came by a merge key is found at its anchor.
    """
    return locator(source)(keys, on)


def locator(source: Source) -> Locator:
    """Like `locate`, for many questions about one source: its text is read once."""
    return partial(find, marked(source).root)


def marked(source: Source) -> Marked:
    """The marks of a source's text; of a broken one, those up to where it breaks."""
    return _marker(source.path)(source.data.decode(errors="replace"))


def _marker(path: str) -> Callable[[str], Marked]:
    match splitext(path)[1]:
        case ".json":
            from varve.read.json import mark
        case ".toml":
            from varve.read.toml_marks import mark
        case ".xml":
            from varve.read.xml import mark
        case _:
            from varve.read.yaml_marks import mark
    return mark
