"""Draws the source lines that a diagnostic is about, with the right characters underlined."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from varve.model.diagnostic import Severity, Span
from varve.model.situated import Situated, Spot
from varve.render.escape import cells, escape
from varve.render.width import width

Style: TypeAlias = Severity | Literal["frame", "strong"]
Paint: TypeAlias = Callable[[str, Style], str]

_TAB = "    "
_CUT = "…"


class Mark(NamedTuple):
    """An underlined part of a file: the diagnostic's own, or that of a note with its message."""

    span: Span
    line: str
    stroke: str
    style: Style
    message: str = ""


class Excerpt(NamedTuple):
    """The part of a line that fits, and the columns (from 0) of its underlined part."""

    text: str
    start: int
    length: int


def frame(situated: Situated, paint: Paint, room: int) -> Iterator[str]:
    """The lines below the message: a snippet for each file, the diagnostic's own first, then notes without a line.

    `room` is the number of columns that a line of source may take.
    """
    heads, marks = _files(situated)
    margin = max((len(str(mark.span.line)) for file in marks.values() for mark in file), default=1)
    bar = paint(f"{'':{margin}} |", "frame")
    for file, head in heads.items():
        yield f"{'':{margin}}{paint('-->', 'frame')} {head}"
        if file in marks:
            yield bar
            yield from _snippet(marks[file], margin, paint, room)
    tail = [*_tail(situated)]
    if marks and tail:
        yield bar
    for label, message in tail:
        yield f"{'':{margin}} {paint('=', 'frame')} {paint(label, 'strong')}: {message}"


def where(spot: Spot) -> str:
    """The place as people and editors write it: `file:line:column`."""
    at = f":{spot.span.line}:{spot.span.column}" if spot.span else ""
    return escape(spot.file) + at


def excerpt(line: str, span: Span, room: int) -> Excerpt:
    """`line` as it is shown in `room` columns: whole if it fits, otherwise what surrounds the start of `span`."""
    start = min(span.column - 1, len(line))
    # A line may be a million characters long; what is farther from the start than the room is never shown.
    cut = max(0, start - room)
    shown = [_TAB if cell == "\\t" else cell for cell in cells(line[cut : start + room + 1])]
    widths = [width(cell) for cell in shown]
    start, end = start - cut, max(start, span.end - 1) - cut
    first, last = 0, len(shown)
    if len(shown) < len(line) or sum(widths) > room:
        first, last = _window(widths, start, end, room - 2 * len(_CUT))
    left = _CUT if cut + first else ""
    right = _CUT if cut + last < len(line) else ""
    text = left + "".join(shown[first:last]) + right
    return Excerpt(text, len(left) + sum(widths[first:start]), max(1, sum(widths[start : min(end, last)])))


def _window(widths: list[int], start: int, end: int, room: int) -> tuple[int, int]:
    """The first and last (exclusive) cell to show, so that `start` is visible with some text before it."""
    first, before = start, room // 3
    if sum(widths[:end]) <= room:
        first = 0
    while first and (before := before - widths[first - 1]) >= 0:
        first -= 1
    last = first
    while last < len(widths) and (room := room - widths[last]) >= 0:
        last += 1
    return first, last


def _files(situated: Situated) -> tuple[dict[str, str], dict[str, list[Mark]]]:
    """The headline and the underlined parts of each file, in the order in which the diagnostic names the files."""
    heads: dict[str, str] = {}
    marks: dict[str, list[Mark]] = {}
    for spot, stroke, style, message in _spots(situated):
        if stroke == "^" or spot.line is not None:
            heads.setdefault(spot.file, where(spot))
        if spot.span and spot.line is not None:
            marks.setdefault(spot.file, []).append(Mark(spot.span, spot.line, stroke, style, message))
    return heads, marks


def _spots(situated: Situated) -> Iterator[tuple[Spot, str, Style, str]]:
    if situated.spot:
        yield situated.spot, "^", situated.diagnostic.rule.severity, ""
    for spot, note in zip(situated.notes, situated.diagnostic.notes, strict=True):
        if spot:
            yield spot, "-", "frame", escape(note.message)


def _snippet(marks: Iterable[Mark], margin: int, paint: Paint, room: int) -> Iterator[str]:
    """The underlined lines of one file from top to bottom, with `...` for gaps between them."""
    bar = paint(f"{'':{margin}} |", "frame")
    above: tuple[int, str] | None = None
    for mark in sorted(marks, key=lambda mark: (mark.span.line, mark.stroke == "-", mark.span)):
        number = mark.span.line
        seen = excerpt(mark.line, mark.span, room)
        if above and number > above[0] + 1:
            yield paint("...", "frame")
        if above != (number, seen.text):
            yield f"{paint(f'{number:>{margin}} |', 'frame')} {seen.text}".rstrip()
        under = paint(mark.stroke * seen.length, mark.style)
        message = f" {paint(mark.message, mark.style)}" if mark.message else ""
        yield f"{bar} {'':{seen.start}}{under}{message}"
        above = number, seen.text


def _tail(situated: Situated) -> Iterator[tuple[str, str]]:
    """What has no source line: notes about whole files or veiled lines, and the hint."""
    for spot, note in zip(situated.notes, situated.diagnostic.notes, strict=True):
        if spot is None:
            yield "note", escape(note.message)
        elif spot.line is None:
            # A veiled line is not shown, but its number is; a note about a whole file has neither.
            whole = note.place is None or not (note.place.keys or note.place.span)
            yield "note", f"{escape(spot.file) if whole else where(spot)}: {escape(note.message)}"
    if situated.diagnostic.hint:
        yield "help", escape(situated.diagnostic.hint)
