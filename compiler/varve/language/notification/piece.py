"""The pieces of a text: lines with names in them, conditional lines, links, and lists of alerts.

A text is a line, a piece, or a list of both, one below the other:

    "%(alert)s of %(service)s"
    {text: "Ask %(owner)s", when: owner, cut: 40, tag: h2}      cut: characters of each value; tag: of HTML
    {link: runbook, text: Runbook}                              omitted if the alert has no such link
    {each: firing, most: 10, line: "%(alert)s", rest: "and %(more)s more", heading: "Firing:", cut: 40,
     when: several}
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, NoReturn, TypeAlias

from varve.language.fault import Fault, quote
from varve.language.message import PARAMETER
from varve.language.notification.name import FILTERS, LINKS, NAMES, PLACEHOLDERS
from varve.model.source import Map, Value

TAGS: Final = ("h1", "h2", "p", "pre", "small", "strong")

_MOST_ALERTS: Final = 50
_MOST_CUT: Final = 10_000
_FEW: Final = 8


class Part(NamedTuple):
    """A name in a line, and the maximum number of characters of its value."""

    name: str
    most: int


Line: TypeAlias = tuple[str | Part, ...]


class Paragraph(NamedTuple):
    """A line that is shown if one of the names in `when` has a value, or always if there are none."""

    line: Line
    when: tuple[str, ...] = ()
    tag: str = "p"


class Link(NamedTuple):
    """A link with its text, shown if the alert has it."""

    name: str
    text: str


class Each(NamedTuple):
    """A `line` for each of some alerts, at most `most`, after a `heading`; `rest` is the line about the others."""

    alerts: str
    most: int
    line: Line
    rest: Line
    heading: Line | None = None
    when: tuple[str, ...] = ()


Piece: TypeAlias = Paragraph | Link | Each


class NoPieceError(Exception):
    """Raised for a value that is not a piece."""


def read(value: Value) -> tuple[Piece, ...] | Fault:
    """The pieces that a template rendered, or why the value is not a text."""
    try:
        return tuple(_pieces(value))
    except NoPieceError as error:
        return Fault(str(error))


def _pieces(value: Value) -> Iterator[Piece]:
    match value:
        case list() if value:
            for each in value:
                yield _piece(each)
        case list():
            _refuse("a list of lines is empty")
        case _:
            yield _piece(value)


def _piece(value: Value) -> Piece:
    if isinstance(value, str):
        return Paragraph(_line(value, None))
    if isinstance(value, dict) and "each" in value:
        return _each(value)
    if isinstance(value, dict) and "link" in value:
        _keys(value, {"link", "text"})
        return Link(_one_of(value["link"], LINKS, "link"), _text(value.get("text")))
    if isinstance(value, dict) and "text" in value:
        _keys(value, {"text", "when", "cut", "tag"})
        tag = _one_of(value.get("tag", "p"), TAGS, "tag")
        return Paragraph(_line(value["text"], _number(value, "cut", _MOST_CUT)), when(value), tag)
    return _refuse(f"{quote(str(value))} is neither a line nor a piece with `text`, `link` or `each`")


def _each(value: Map) -> Each:
    _keys(value, {"each", "most", "line", "rest", "heading", "cut", "when"})
    cut = _number(value, "cut", _MOST_CUT)
    most = _number(value, "most", _MOST_ALERTS)
    if most is None:
        _refuse("a list of alerts needs `most`, the number of alerts that it lists")
    heading = _line(value["heading"], cut) if "heading" in value else None
    rest = _line(value.get("rest"), cut, counted=True)
    alerts, line = _one_of(value["each"], tuple(FILTERS), "each"), _line(value.get("line"), cut)
    return Each(alerts, most, line, rest, heading, when(value))


def when(value: Mapping[str, Value]) -> tuple[str, ...]:
    """The names under `when`; raises `NoPieceError` for an unknown name, or if a number is combined with another."""
    value_ = value.get("when", [])
    names = tuple(_one_of(each, tuple(NAMES), "when") for each in (value_ if isinstance(value_, list) else [value_]))
    if len(names) > 1 and any(NAMES[name].kind == "count" for name in names):
        _refuse("`when` combines a number of alerts with other conditions")
    for name in names:
        if NAMES[name].kind in ("word", "time") or name == "more":
            _refuse(f"`when` tests `{name}`, which is always there")
    return names


def _line(value: Value, cut: int | None, *, counted: bool = False) -> Line:
    pieces = PARAMETER.split(_text(value))
    parts: list[str | Part] = []
    for index, piece in enumerate(pieces):
        if index % 2:
            parts.append(_part(piece, cut, counted=counted))
        elif piece:
            parts.append(piece)
    return tuple(parts)


def _part(name: str, cut: int | None, *, counted: bool) -> Part:
    if name not in PLACEHOLDERS:
        _refuse(f"`%({name})s` is not a value of an alert")
    if name == "more" and not counted:
        _refuse("`%(more)s` is allowed only in `rest`")
    most = NAMES[name].most
    return Part(name, min(most, cut) if cut else most)


def _text(value: Value) -> str:
    if not isinstance(value, str) or not value.strip():
        _refuse(f"{quote(str(value))} is given but a text is needed")
    return value


def _number(value: Mapping[str, Value], key: str, largest: int) -> int | None:
    number = value.get(key)
    if number is None:
        return None
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= largest:
        _refuse(f"`{key}` is {quote(str(number))} but a number from 1 to {largest} is needed")
    return number


def _one_of(value: Value, names: tuple[str, ...], key: str) -> str:
    if not isinstance(value, str) or value not in names:
        choices = ", ".join(f"`{each}`" for each in names)
        known = f"but must be one of {choices}" if len(names) <= _FEW else "which is not a value of an alert"
        _refuse(f"`{key}` is {quote(str(value))}, {known}")
    return value


def _keys(value: Map, known: set[str]) -> None:
    unknown = sorted(value.keys() - known)
    if unknown:
        present = ", ".join(f"`{key}`" for key in sorted(known & value.keys()))
        _refuse(f"`{unknown[0]}` is not a key of a piece with {present}")


def _refuse(message: str) -> NoReturn:
    raise NoPieceError(message)
