"""Go templates: a value beside an action is text, and inside one it is a string or a number of that action."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

from varve.emit.template import given, plain
from varve.emit.template.form import Form, Marker, Misfit, Shape
from varve.emit.template.given import Given, GoTemplate, Message
from varve.language import gotemplate, promql
from varve.language.fault import Fault
from varve.language.gotemplate.lexer import Token, lex

_PARAMETER: Final = re.compile(r"%\(([a-z_][a-z0-9_]*)\)s")

# A brace at an edge might become a pair with what stands beside the value.
_OPENING: Final = re.compile(r"\{\{+|\A\{|\{\Z")
_ODD_BACKSLASHES: Final = re.compile(r"(?<!\\)(?:\\\\)*+\\\Z")

Write: TypeAlias = Callable[[Given], str | Misfit]


class _Place(NamedTuple):
    """A place: its position among the places of the text, and how a value is written there."""

    position: int
    write: Write


_Piece: TypeAlias = str | _Place


def text(value: str) -> str:
    """The Go template that writes `value` and nothing else, whatever stands beside it."""
    return _OPENING.sub(lambda found: f'{{{{ "{found[0]}" }}}}', value)


def _outside(value: Given) -> str | Misfit:
    match value:
        case Message():
            return _message(value)
        case GoTemplate():
            return Misfit("a Go template must be all of the text", hint="write it alone")
    written = plain.TEXT.whole(value)
    return written if isinstance(written, Misfit) else text(written)


def _message(said: Message) -> str | Misfit:
    """The catalogue's text, which is a Go template, with its parameters bound like any other value."""
    pieces = _PARAMETER.split(said.text)
    names = pieces[1::2]
    missing = [name for name in names if name not in said.parameters]
    if missing:
        return Misfit(f"the message asks for `%({missing[0]})s`, which it is not given")
    shape = _shape(tuple(pieces[::2]))
    written = shape if isinstance(shape, Misfit) else shape([said.parameters[name] for name in names])
    if isinstance(written, Misfit):
        return written._replace(position=None)
    wrong = _fault(written)
    return Misfit(wrong) if wrong else written


def _number(value: Given) -> str | Misfit:
    return given.number(value) or Misfit("only a number can stand in an action outside a string", hint="quote it")


def _quoted(value: Given) -> str | Misfit:
    return _within(value, '"')


def _raw(value: Given) -> str | Misfit:
    return _within(value, "`")


def _within(value: Given, quote: promql.Quote) -> str | Misfit:
    """A value inside a string of an action; Go and PromQL write strings alike."""
    written = Misfit("it is no text") if isinstance(value, Message) else plain.TEXT.whole(value)
    if isinstance(written, Misfit):
        return written
    escaped = promql.escape(written, quote)
    return Misfit(f"it cannot stand between {quote}") if escaped is None else escaped


_WRITES: Final[dict[str, Write]] = {"text": _outside, "word": _number, "string": _quoted, "raw": _raw}
"""How a value is written in each kind of token; in all others none can stand."""


def _shape(parts: tuple[str, ...]) -> Shape | Misfit:
    marker = Marker.unlike(parts)
    tokens = lex(marker.text(parts))
    if isinstance(tokens, Fault):
        return Misfit(f"no value can stand here: {marker.hidden(tokens.message)}")
    pieces: list[_Piece] = []
    for token in tokens:
        read = _read(token, marker)
        if isinstance(read, Misfit):
            return read
        pieces += read
    return _joiner(pieces)


def _read(token: Token, marker: Marker) -> list[_Piece] | Misfit:
    parts, positions = marker.split(token.text)
    if not positions:
        return [token.text]
    wrong = _clash(token, parts)
    if wrong:
        return Misfit(wrong, positions[0])
    pieces: list[_Piece] = [parts[0]]
    for position, part in zip(positions, parts[1:], strict=True):
        pieces += [_Place(position, _WRITES[token.kind]), part]
    return pieces


def _clash(token: Token, parts: tuple[str, ...]) -> str:
    """Why no value can stand in `token`, or what a value would do to the text that touches it."""
    if token.kind not in _WRITES:
        return f"no value can stand in a {token.kind} of an action"
    if token.kind == "word" and parts != ("", ""):
        return "a value in an action touches the word beside it"
    if token.kind == "string" and any(_ODD_BACKSLASHES.search(part) for part in parts[:-1]):
        return "a backslash stands before a value"
    if token.kind == "text" and any(before[-1:] == "{" == after[:1] for before, after in pairwise(parts)):
        return "an empty value would make an action of the braces beside it"
    return ""


def _joiner(pieces: list[_Piece]) -> Shape:
    def join(values: Sequence[Given]) -> str | Misfit:
        texts = []
        for piece in pieces:
            if isinstance(piece, str):
                texts.append(piece)
                continue
            written = piece.write(values[piece.position])
            if isinstance(written, Misfit):
                return written._replace(position=piece.position)
            texts.append(written)
        return "".join(texts)

    return join


def _whole(value: Given) -> str | Misfit:
    return value.text if isinstance(value, GoTemplate) else _outside(value)


def _fault(text: str) -> str | None:
    wrong = gotemplate.fault(text)
    return f"it is no Go template: {wrong.message}" if wrong else None


GOTEMPLATE: Final = Form(_fault, _whole, _shape)
