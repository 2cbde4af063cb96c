"""Turns the places of diagnostics into lines and columns, with the lines of text that stand there."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from varve.check.kind import secretive
from varve.model.diagnostic import Diagnostic, Place, Span
from varve.model.snapshot import Snapshot
from varve.read.locate import locator


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that was looked up: `span` is missing where the snapshot has no such file.

    `line` is the text at `span`; it is missing where there is nothing to show, as for a file that is wrong as a whole.
    """

    file: str
    span: Span | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Situated:
    """A diagnostic with its places looked up: its own, and those of its notes, in their order."""

    diagnostic: Diagnostic
    spot: Spot | None
    notes: tuple[Spot | None, ...]


def situate(diagnostics: Iterable[Diagnostic], snapshot: Snapshot) -> list[Situated]:
    """Every diagnostic with its places, by file, line, column and code; each file is parsed at most once.

    A line on which something sealed stands is never shown, not even for the sake of something else on it; nor is one
    that says a password or its like, for a file that cannot be read is not known well enough to tell.
    """
    diagnostics = list(diagnostics)

    @cache
    def lines(file: str) -> list[str]:
        return snapshot.source(file).data.decode("utf-8", "surrogateescape").split("\n")

    locate = cache(lambda file: locator(snapshot.source(file)))

    def spot(place: Place | None) -> Spot | None:
        if place is None:
            return None
        if not _readable(place.file, snapshot):
            return Spot(place.file)
        if place.span is None and not place.keys:
            return Spot(place.file, Span(1, 1, 1))
        at = span(place)
        line = _line(lines(place.file), at)
        secret = (place.file, at.line) in hidden or _says_a_secret().search(line)
        return Spot(place.file, at, None if secret else line)

    def span(place: Place) -> Span:
        return place.span or locate(place.file)(place.keys, place.on)

    sealed = (place for place in _places(diagnostics) if place.sealed and _readable(place.file, snapshot))
    hidden = {(place.file, span(place).line) for place in sealed}
    found = (Situated(each, spot(each.place), tuple(spot(note.place) for note in each.notes)) for each in diagnostics)
    return sorted(found, key=_order)


@cache
def _says_a_secret() -> re.Pattern[str]:
    """What a line looks like that holds more than a map under a key whose value is a secret, in any of the formats."""
    keys = "|".join(sorted(secretive()))
    return re.compile(rf"""\b(?:{keys})["']?\s*+[:=]\s*+(?![{{#])\S|<(?:{keys})(?:\s[^>]*)?>\s*+[^<\s]""")


def _places(diagnostics: Iterable[Diagnostic]) -> Iterator[Place]:
    for each in diagnostics:
        yield from (place for place in (each.place, *(note.place for note in each.notes)) if place)


def _readable(file: str, snapshot: Snapshot) -> bool:
    """Whether `file` is one with text in it: neither absent, nor a link, nor another repository."""
    return file in snapshot and snapshot.entries[file].mode.startswith("100")


def _line(lines: list[str], span: Span) -> str:
    return lines[span.line - 1].removesuffix("\r") if span.line <= len(lines) else ""


def _order(situated: Situated) -> tuple[bool, str, Span, str, str]:
    """By place; what is wrong with artifacts comes last, because a source is mostly the cause."""
    spot, diagnostic = situated.spot, situated.diagnostic
    span = (spot and spot.span) or Span(0, 0, 0)
    late = diagnostic.rule.code.startswith("write/")
    return late, spot.file if spot else "", span, diagnostic.rule.code, diagnostic.message
