"""Other values of the same kind that a source could contain instead of a given one; they need not be valid."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, cast

from varve.check.shape import kind
from varve.check.shape.format import FORMATS
from varve.model.source import Keys, Map, Value

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_KNOWN: Final = ("en_GB", "fr_FR", "UTC", "Europe/Paris", "monday", "tuesday", "1h", "1d")
"""Values of formats that have few values, for places where no text similar to the given one is valid."""

_MAX_ALIKE: Final = 3


def others(keys: Keys, value: Value, alike: Iterable[Value] = ()) -> Iterator[Value]:
    """Values that could be at a path of a unit, or below `platform` of an environment, instead of `value`.

    They differ from it, the most similar ones first. `alike` are values at other paths of that sort.
    """
    return others_of(kind.node(keys) or {}, value, alike)


def others_of(node: Map, value: Value, alike: Iterable[Value] = ()) -> Iterator[Value]:
    """Like `others`, for a value whose schema is `node`."""
    match value:
        case bool():
            candidates: Iterable[Value] = (not value,)
        case int() | float():
            candidates = (value + 1, value - 1, value * 2, value / 2)
        case str():
            choices = cast("list[Value]", node.get("enum") or [])
            known = _KNOWN if "format" in node else ()
            similar = [each for each in alike if each != value][:_MAX_ALIKE]
            candidates = choices or (*_variations(value), *similar, *known)
        case _:
            candidates = ()
    return (each for each in dict.fromkeys(candidates) if each != value and _fits(each, node))


def _fits(value: Value, node: Map) -> bool:
    """Whether a value has the format that a schema sets, if any; a text with a reference may have."""
    format_ = FORMATS.get(cast("str", node.get("format", "")))
    return not isinstance(value, str) or format_ is None or "%{" in value or format_.fault(value) is None


def text_format(keys: Keys) -> str:
    """The format of the texts at a path, empty if unknown: texts of one format could replace each other."""
    return str((kind.node(keys) or {}).get("format", ""))


def _variations(text: str) -> Iterator[str]:
    """Texts that differ little from this one."""
    yield f"{text}x"
    if number := _NUMBER.search(text):
        more = f"{int(number[0]) + 1:0{len(number[0])}}"
        yield text[: number.start()] + more + text[number.end() :]
    yield f"x{text}"
    yield f"({text}) + 1"
