"""PromQL and matchers: what a value may be depends on the token that its place is, or stands in."""

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from varve.emit.template import given, plain
from varve.emit.template.form import Form, Marker, Misfit, Shape
from varve.emit.template.given import SCALARS, Given, Pattern
from varve.language import promql
from varve.language.fault import Fault
from varve.language.promql import Kind, Quote, Token

_BLANK: Final = frozenset({Kind.SPACE, Kind.COMMENT})
_ATOMS: Final = frozenset({Kind.NAME, Kind.NUMBER, Kind.DURATION})
_REGEX_OPERATORS: Final = frozenset({"=~", "!~"})
_ARITHMETIC: Final = frozenset("+-*/%^")
_ODD_BACKSLASHES: Final = re.compile(r"(?<!\\)(?:\\\\)*+\\\Z")
_NEEDED: Final = "no number, duration, name, selector or whole expression"

Write: TypeAlias = Callable[[Given], str | Misfit]


class _Place(NamedTuple):
    """A place: its position among the places of the text, and how a value is written there."""

    position: int
    write: Write


class _Composed(NamedTuple):
    """A token of several pieces, checked as one when it is finished."""

    parts: tuple[str, ...]
    positions: tuple[int, ...]


_Piece: TypeAlias = str | _Place | _Composed


def _shape(parts: tuple[str, ...]) -> Shape | Misfit:
    marker = Marker.unlike(parts)
    tokens = promql.lex(marker.text(parts))
    if isinstance(tokens, Fault):
        return Misfit(f"no value can stand here: {marker.hidden(tokens.message)}")
    pieces = _pieces(tokens, marker)
    return pieces if isinstance(pieces, Misfit) else _fill(pieces)


def _pieces(tokens: list[Token], marker: Marker) -> list[_Piece] | Misfit:
    pieces: list[_Piece] = []
    solid = [each for each in tokens if each.kind not in _BLANK]
    index = -1
    for token in tokens:
        index += token.kind not in _BLANK
        if marker.stem not in token.text:
            pieces.append(token.text)
            continue
        before, after = _text_at(solid, index - 1), _text_at(solid, index + 1)
        around = _Around(before, after, alone=len(solid) == 1)
        read = _read(token, marker, around)
        if isinstance(read, Misfit):
            return read
        pieces += read
    return pieces


def _read(token: Token, marker: Marker, around: "_Around") -> list[_Piece] | Misfit:
    if token.kind is Kind.COMMENT:
        return Misfit("no value can stand in a comment", hint="move it out of the comment")
    if token.kind is Kind.STRING:
        return _string(token.text, marker, around)
    return _code(token.text, marker, around)


class _Around(NamedTuple):
    """The tokens beside a place, and whether there are none at all."""

    before: str
    after: str
    alone: bool


def _text_at(tokens: list[Token], index: int) -> str:
    return tokens[index].text if 0 <= index < len(tokens) else ""


def _code(text: str, marker: Marker, around: _Around) -> list[_Piece]:
    parts, positions = marker.split(text)
    if parts == ("", ""):
        return [_Place(positions[0], lambda value: _operand(value, around))]
    return [_Composed(parts, positions)]


def _string(text: str, marker: Marker, around: _Around) -> list[_Piece] | Misfit:
    parts, positions = marker.split(text)
    quote: Quote = text[0]  # type: ignore[assignment]
    if quote != "`" and any(_ODD_BACKSLASHES.search(part) for part in parts[:-1]):
        return Misfit("a backslash stands before a value", positions[0], "remove the backslash")
    is_regex = around.before in _REGEX_OPERATORS
    is_alone = len(parts) == 2 and parts == (quote, quote)  # noqa: PLR2004
    pieces: list[_Piece] = [parts[0]]
    for part, position in zip(parts[1:], positions, strict=True):
        pieces += [_Place(position, _writer(quote, is_regex=is_regex, is_alone=is_alone)), part]
    return pieces


def _writer(quote: Quote, *, is_regex: bool, is_alone: bool) -> Write:
    def write(value: Given) -> str | Misfit:
        said = _pattern(value, is_alone=is_alone) if is_regex else _content(value)
        if isinstance(said, Misfit):
            return said
        escaped = promql.escape(said, quote)
        return Misfit(f"it cannot stand between {quote}") if escaped is None else escaped

    return write


def _content(value: Given) -> str | Misfit:
    if isinstance(value, Pattern):
        return Misfit("it is a regular expression, and the matcher compares text", hint="use `=~` or `!~`")
    return plain.TEXT.whole(value) if type(value) in SCALARS else Misfit("it is no text")


def _pattern(value: Given, *, is_alone: bool) -> str | Misfit:
    written = plain.pattern(value)
    return value.text if is_alone and isinstance(value, Pattern) and not isinstance(written, Misfit) else written


def _operand(value: Given, around: _Around) -> str | Misfit:
    """A value between the tokens of an expression."""
    number = given.number(value)
    if number:
        return f"({number})" if number[0] == "-" and _binds(around) else number
    return _part(value, around) if type(value) is str else Misfit(_NEEDED)


def _part(value: str, around: _Around) -> str | Misfit:
    """A piece of PromQL between the tokens of an expression."""
    tokens = promql.lex(value)
    solid = [] if isinstance(tokens, Fault) else [each for each in tokens if each.kind not in _BLANK]
    if not solid:
        return Misfit(f"{_NEEDED} ({tokens.message})" if isinstance(tokens, Fault) else _NEEDED)
    # Comments around it go: what follows would become a part of the last.
    text = value[solid[0].start : solid[-1].end]
    if len(solid) == 1 and solid[0].kind in _ATOMS:
        return text
    wrong = promql.fault(text)
    if wrong:
        return Misfit(f"{_NEEDED} ({wrong.message})")
    return text if around.alone or promql.is_selector(text) else f"({text})"


def _binds(around: _Around) -> bool:
    """Whether a sign would be taken for, or be torn off by, the operator beside it."""
    return around.before in _ARITHMETIC or around.after == "^"


def _compose(piece: _Composed, values: Sequence[Given]) -> str | Misfit:
    text = piece.parts[0]
    for position, part in zip(piece.positions, piece.parts[1:], strict=True):
        written = _content(values[position])
        if isinstance(written, Misfit):
            return written._replace(position=position)
        text += written + part
    tokens = promql.lex(text)
    if isinstance(tokens, Fault) or len(tokens) != 1 or tokens[0].kind not in _ATOMS:
        return Misfit(f"`{text}` is no single name, number or duration", piece.positions[0])
    return text


def _fill(pieces: list[_Piece]) -> Shape:
    def fill(values: Sequence[Given]) -> str | Misfit:
        texts = []
        for piece in pieces:
            written = _written(piece, values)
            if isinstance(written, Misfit):
                return written
            texts.append(written)
        return "".join(texts)

    return fill


def _written(piece: _Piece, values: Sequence[Given]) -> str | Misfit:
    match piece:
        case _Place(position=position, write=write):
            written = write(values[position])
            return written._replace(position=position) if isinstance(written, Misfit) else written
        case _Composed():
            return _compose(piece, values)
        case str():
            return piece


def _whole(value: Given) -> str | Misfit:
    number = given.number(value)
    if number:
        return number
    return value if isinstance(value, str) else Misfit("no expression")


def _fault(text: str) -> str | None:
    wrong = promql.fault(text)
    return f"it is no PromQL: {wrong.message}" if wrong else None


def _matcher_shape(parts: tuple[str, ...]) -> Shape | Misfit:
    inner = _shape(("{" + parts[0], *parts[1:-1], parts[-1] + "}"))
    if isinstance(inner, Misfit):
        return inner

    def join(values: Sequence[Given]) -> str | Misfit:
        text = inner(values)
        return text if isinstance(text, Misfit) else text[1:-1]

    return join


def _matcher_fault(text: str) -> str | None:
    # With a name before it, a matcher that matches the empty string is a selector too.
    around = f"x{{{text}}}"
    tokens = promql.lex(around)
    if isinstance(tokens, Fault):
        return f"it is no matcher: {tokens.message}"
    marks = [each.text for each in tokens if each.kind is Kind.MARK]
    if marks != ["{", "}"] or not text.strip():
        return "it is not one matcher"
    wrong = promql.fault(around)
    return f"it is no matcher: {wrong.message}" if wrong else None


PROMQL: Final = Form(_fault, _whole, _shape)
MATCHER: Final = Form(_matcher_fault, _whole, _matcher_shape)
