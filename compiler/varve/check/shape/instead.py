"""What could be said instead of a value: others of its kind, as its schema has it, none of which need be possible."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, cast

from varve.check.shape import kind
from varve.check.shape.format import FORMATS
from varve.model.source import Keys, Map, Value

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_KNOWN: Final = ("en_GB", "fr_FR", "UTC", "Europe/Paris", "monday", "tuesday", "1h", "1d")
"""Texts of kinds of which there are not many, for where no text like the one that is said is of them."""

_FEW: Final = 3


def others(keys: Keys, said: Value, alike: Iterable[Value] = ()) -> Iterator[Value]:
    """Values that could stand at a path of a unit, or below `platform` of an environment, instead of what is `said`.

    They differ from it, and those come first that are most like it. `alike` is what is said elsewhere of such paths.
    """
    return others_of(kind.node(keys) or {}, said, alike)


def others_of(node: Map, said: Value, alike: Iterable[Value] = ()) -> Iterator[Value]:
    """The same where it is a `node` of a schema that tells what can stand there."""
    match said:
        case bool():
            found: Iterable[Value] = (not said,)
        case int() | float():
            found = (said + 1, said - 1, said * 2, said / 2)
        case str():
            choices = cast("list[Value]", node.get("enum") or [])
            known = _KNOWN if "format" in node else ()
            found = choices or (*_like(said), *[each for each in alike if each != said][:_FEW], *known)
        case _:
            found = ()
    return (each for each in dict.fromkeys(found) if each != said and _fits(each, node))


def _fits(value: Value, node: Map) -> bool:
    """Whether a value is of the format that a schema asks for, if it asks for any; what a reference gives, may be."""
    known = FORMATS.get(cast("str", node.get("format", "")))
    return not isinstance(value, str) or known is None or "%{" in value or known.fault(value) is None


def sort(keys: Keys) -> str:
    """Of which sort the texts at a path are: two of a sort could stand in each other's place. Empty where unknown."""
    return str((kind.node(keys) or {}).get("format", ""))


def _like(text: str) -> Iterator[str]:
    """Texts that say nearly the same."""
    yield f"{text}x"
    if number := _NUMBER.search(text):
        more = f"{int(number[0]) + 1:0{len(number[0])}}"
        yield text[: number.start()] + more + text[number.end() :]
    yield f"x{text}"
    yield f"({text}) + 1"
