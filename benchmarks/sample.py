"""One unit that varve built, as a pattern from which other tools make the same files for any tenant.

Its artifacts are split at the words that differ between units, into constant texts with parameters between them. A
template of these is the minimum that a tool could be asked for: nothing is computed, translated, checked or proven.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from varve.model.diagnostic import Report
from varve.model.source import Source, Value
from varve.read.parse import parse

TENANT: Final = "tenant-0001"
ENVIRONMENT: Final = "production"
WORDS: Final = {
    TENANT: "tenant.id",
    "Tenant 1": "tenant.name",
    ENVIRONMENT: "environment",
    "silver": "tenant.tier",
    "us-east": "tenant.region",
    "service-0": "service",
    "Alice": "users.alice.name",
}
"""Each word that is specific to the unit, and the parameter that stands for it."""

_CUT: Final = re.compile("(" + "|".join(map(re.escape, WORDS)) + ")")


class File(NamedTuple):
    """An artifact of the unit: its path from the unit's folder, its text, and its parsed value."""

    path: str
    text: str
    value: Value


class Piece(NamedTuple):
    """A constant text and the parameter that follows it; the last has none."""

    text: str
    parameter: str


def files(folder: Path) -> Iterator[File]:
    """The artifacts of the unit, in the built repository `folder`."""
    home = folder / "build" / ENVIRONMENT / "tenants" / TENANT
    for path in sorted(home.rglob("*.*")):
        yield File(path.relative_to(home).as_posix(), path.read_text(encoding="utf-8"), value(path))


def value(path: Path) -> Value:
    """The parsed value of a file; None if it is missing or cannot be parsed."""
    return parse(Source(str(path), "", path.read_bytes()), Report()) if path.is_file() else None


def cut(text: str) -> list[Piece]:
    """A text, split at the words of the unit."""
    pieces = _CUT.split(text)
    return [Piece(text, WORDS.get(word, "")) for text, word in zip(pieces[::2], [*pieces[1::2], ""], strict=True)]


def expression(value: Value, write: Callable[[object], str]) -> str:
    """A value in the common syntax of Python and Jsonnet: `write` formats constants, texts with parameters are sums."""
    match value:
        case dict():
            return "{" + ", ".join(f"{write(key)}: {expression(each, write)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(expression(each, write) for each in value) + "]"
        case str():
            return " + ".join(_terms(cut(value), write))
    return write(value)


def _terms(pieces: list[Piece], write: Callable[[object], str]) -> Iterator[str]:
    for each in pieces:
        if each.text or len(pieces) == 1:
            yield write(each.text)
        if each.parameter:
            yield f"p.{each.parameter}"
