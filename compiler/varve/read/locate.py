"""Finds the place of a value in a file, by parsing the text again with marks when a place is needed."""

from collections.abc import Callable
from functools import partial
from posixpath import splitext
from typing import Literal, TypeAlias

from varve.model.diagnostic import Span
from varve.model.source import Keys, Source
from varve.read.mark import Marked, find

Locator: TypeAlias = Callable[[Keys, Literal["key", "value"]], Span]
"""Returns the span of a key or of a value."""


def locate(source: Source, keys: Keys, on: Literal["key", "value"]) -> Span:
    """The place of `keys` in `source`, or of their nearest ancestor there; 1:1 if there is none.

    The span of a scalar covers it as written, including quotes, up to the end of its first line. A collection on one
    line has its own span; any other, and a value of which nothing is written, has that of its key. What an alias or a
    merge key brings in has the place at its anchor.
    """
    return locator(source)(keys, on)


def locator(source: Source) -> Locator:
    """Like `locate`, for several lookups in one source: its text is parsed once."""
    return partial(find, marked(source).root)


def marked(source: Source) -> Marked:
    """The marks of a source's text; for a broken one, those before the error."""
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
