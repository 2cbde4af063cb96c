"""Go templates: a value outside of actions is text, and inside an action it is a string or a number."""

from functools import lru_cache
from typing import Final

from varve.emit.template import given, plain
from varve.emit.template.form import (
    ODD_BACKSLASHES,
    Form,
    Marker,
    Misfit,
    Shape,
    StandIn,
    Write,
    Written,
    assemble,
    at,
    itself,
    whole,
)
from varve.emit.template.given import Given, GoTemplate, Message
from varve.language import gotemplate, promql
from varve.language.fault import Fault
from varve.language.gotemplate import Token
from varve.language.message import PARAMETER

_SHORT: Final = 256


def _outside(value: Given) -> str | Misfit:
    if isinstance(value, GoTemplate):
        return Misfit("a Go template must be the whole text", hint="write it alone")
    written = plain.text(value)
    return written if isinstance(written, Misfit) else gotemplate.escape(written)


def _neutral(_: Given, written: str) -> str:
    """The stand-in of text outside of actions: such text is always valid unless it makes the whole too long."""
    return "x" if "{" not in written and written.isascii() and len(written) < _SHORT else written


def _number(value: Given) -> str | Misfit:
    return given.number(value) or Misfit("outside a string, an action can contain only a number", hint="quote it")


def _quoted(value: Given) -> str | Misfit:
    return _within(value, '"')


def _raw(value: Given) -> str | Misfit:
    return _within(value, "`")


def _within(value: Given, quote: promql.Quote) -> str | Misfit:
    """A value inside a string of an action; Go and PromQL write strings the same way."""
    written = Misfit("it is not text") if isinstance(value, Message) else plain.text(value)
    if isinstance(written, Misfit):
        return written
    escaped = promql.escape(written, quote)
    return Misfit(f"it is not allowed between {quote}") if escaped is None else escaped


_WRITES: Final[dict[str, tuple[Write, StandIn]]] = {
    "word": (_number, itself),
    "string": (_quoted, itself),
    "raw": (_raw, itself),
}
"""How a value is written in each kind of token of an action; no other kind allows one."""


def _slot_outside(position: int) -> Shape:
    """A place outside of actions, where a message is allowed too."""
    return at(position, _outside, _neutral, _message)


def _message(message: Message) -> Written | Misfit:
    """The catalogue's text, which is a Go template, with its parameters bound like any other value."""
    names, shape = _cached_shape(message.text)
    if not names:
        return message.text, message.text
    parameters = []
    for name in names:
        if name not in message.parameters:
            return Misfit(f"the message needs `%({name})s`, which is not given")
        parameters.append(message.parameters[name])
    if None in parameters:
        name = names[parameters.index(None)]
        return Misfit(f"`%({name})s` of the message is null", hint="give it a default")
    written = shape if isinstance(shape, Misfit) else shape(parameters)
    return written._replace(position=None) if isinstance(written, Misfit) else written


@lru_cache(maxsize=4096)
def _cached_shape(text: str) -> tuple[tuple[str, ...], Shape | Misfit]:
    """The parameters of a message, and the shape that they enter; cached, as packs repeat their few messages."""
    pieces = PARAMETER.split(text)
    return tuple(pieces[1::2]), _shape(tuple(pieces[::2]))


def _shape(parts: tuple[str, ...]) -> Shape | Misfit:
    marker = Marker.unlike(parts)
    tokens = gotemplate.lex(marker.text(parts))
    if isinstance(tokens, Fault):
        return Misfit(f"a value is not allowed here: {marker.hidden(tokens.message)}")
    pieces: list[str | Shape] = []
    for token in tokens:
        read = _read(token, marker)
        if isinstance(read, Misfit):
            return read
        pieces += read
    return assemble(pieces)


def _read(token: Token, marker: Marker) -> list[str | Shape] | Misfit:
    parts, positions = marker.split(token.text)
    if not positions:
        return [token.text]
    wrong = _obstacle(token, parts)
    if wrong:
        return Misfit(wrong, positions[0])
    pieces: list[str | Shape] = [parts[0]]
    for position, part in zip(positions, parts[1:], strict=True):
        pieces += [_slot_outside(position) if token.kind == "text" else at(position, *_WRITES[token.kind]), part]
    return pieces


def _obstacle(token: Token, parts: tuple[str, ...]) -> str:
    """Why no value can be in `token`, or how one would merge with the text that it touches; empty if one can be."""
    if token.kind == "text":
        return "a value next to a brace could form an action" if any(part[-1:] == "{" for part in parts[:-1]) else ""
    if token.kind not in _WRITES:
        return f"a value is not allowed in a {token.kind} of an action"
    if token.kind == "word" and parts != ("", ""):
        return "a value in an action touches the word next to it"
    if token.kind == "string" and any(ODD_BACKSLASHES.search(part) for part in parts[:-1]):
        return "there is a backslash before a value"
    return ""


def _whole(value: Given) -> Written | Misfit:
    match value:
        case GoTemplate(text=source):
            return source, source
        case Message():
            return _message(value)
    return whole(_outside)(value)


def _fault(text: str) -> str | None:
    wrong = gotemplate.fault(text)
    return f"it is not a valid Go template: {wrong.message}" if wrong else None


def _label(value: Given) -> Written | Misfit:
    # Labels decide who is notified of an alert, so no tenant's text may compute one.
    if isinstance(value, GoTemplate):
        return Misfit(
            "a Go template is allowed in annotations only", hint="use a parameter whose format is not `go-template`"
        )
    return _whole(value)


GOTEMPLATE: Final = Form(_fault, _whole, _shape)
LABEL: Final = Form(_fault, _label, _shape)
