"""Marks: where the keys and values of a text are, as each format's second reader records them."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from varve.model.diagnostic import Span
from varve.model.source import Keys

START = Span(1, 1, 1)
REPEATS: Final = 1000
"""The number of repeated keys after which marking stops."""

_BREAK = re.compile("\n")


class StopError(Exception):
    """Ends the reading or marking of a text early; the reason is reported, or the missing marks do not matter."""


@dataclass(slots=True)
class Mark:
    """One value: where its key is written, where it is written itself, and the marks of what it contains.

    A value without a key (a list's item, the root) has its own place as that of the key. A collection that spans
    several lines, and a value of which nothing is written, have their key's place.
    """

    key: Span
    value: Span
    children: dict[str | int, "Mark"] = field(default_factory=dict)


class Repeat(NamedTuple):
    """A key that one mapping contains twice."""

    key: str
    first: Span
    again: Span


def add_repeat(repeats: list[Repeat], found: Repeat) -> None:
    """Add a repeated key; raises `StopError` if a text has too many of them."""
    repeats.append(found)
    if len(repeats) > REPEATS:
        raise StopError


class Marked(NamedTuple):
    """All the marks of a text, and its repeated keys."""

    root: Mark
    repeats: list[Repeat]


def find(root: Mark, keys: Keys, on: Literal["key", "value"]) -> Span:
    """The place of the value at `keys`, or of the key of its nearest ancestor in the text."""
    mark = root
    for key in keys:
        if key not in mark.children:
            return mark.key
        mark = mark.children[key]
    return mark.key if on == "key" else mark.value


class Lines:
    """Converts positions in a text, counted in characters from 0, into spans."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] = []

    def span(self, start: int, end: int) -> Span:
        """From `start` to `end`, cut at the end of the first line; beyond the text, the end of its last line."""
        text = self._text
        if start >= len(text):
            start = end = len(text.rstrip("\r\n"))
        starts = self._line_starts()
        line = bisect_right(starts, start)
        begin = starts[line - 1]
        return Span(line, start - begin + 1, min(end, self._line_end(line)) - begin + 1)

    def index(self, line: int, column: int) -> int:
        """The position at `line` and `column`, both counted from 1."""
        starts = self._line_starts()
        return starts[min(line, len(starts)) - 1] + column - 1

    def on_one_line(self, start: int, end: int) -> bool:
        """Whether there is no line break between the two positions."""
        return "\n" not in self._text[start:end]

    def _line_starts(self) -> list[int]:
        """The position of the start of each line, computed only when needed: for most texts it is not."""
        if not self._starts:
            self._starts = [0, *(found.end() for found in _BREAK.finditer(self._text))]
        return self._starts

    def _line_end(self, line: int) -> int:
        if line == len(self._starts):
            return len(self._text)
        stop = self._starts[line] - 1
        return stop - 1 if self._text[stop - 1 : stop] == "\r" else stop
