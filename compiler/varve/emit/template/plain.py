"""Text, durations, URLs and regular expressions: languages in which a place has no context but its neighbours."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from varve.emit.template import given
from varve.emit.template.form import Form, Misfit, Shape, Write, Written, assemble, at, whole
from varve.emit.template.given import SCALARS, Given, Message, Pattern
from varve.language import duration, message, regex

_META: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_URL: Final = re.compile(r"(?:https?://[^\s/?#\\]+|/(?![/\\]))[^\s\\]*")
_LATER: Final = re.compile(r"[?#]")


def text(value: Given) -> str | Misfit:
    """A scalar as text, or a message of the catalogue with its parameters."""
    if type(value) in SCALARS and value is not None:
        return given.text(value)  # type: ignore[arg-type]
    return _said(value) if isinstance(value, Message) else Misfit("it is no text", hint="write text or a number")


def _said(said: Message) -> str | Misfit:
    texts: dict[str, str] = {}
    for name, parameter in said.parameters.items():
        written = text(parameter)
        if isinstance(written, Misfit):
            return Misfit(f"`%({name})s` of the message is no text")
        texts[name] = written
    try:
        return message.fill(said.text, texts)
    except KeyError as missing:
        return Misfit(f"the message asks for `%({missing.args[0]})s`, which it is not given")


def _alike(write: Write) -> Callable[[tuple[str, ...]], Shape]:
    """The form of a text in which every value is written alike, whatever stands beside it."""

    def shape(parts: tuple[str, ...]) -> Shape:
        return assemble(_pieces(parts, write, 0))

    return shape


def _pieces(parts: tuple[str, ...], write: Write, first: int) -> list[str | Shape]:
    """The parts, and between them the places from position `first` on."""
    pieces: list[str | Shape] = [parts[0]]
    for position, part in enumerate(parts[1:], start=first):
        pieces += [at(position, write), part]
    return pieces


def _no_fault(_: str) -> None:
    return None


def _duration_fault(text: str) -> str | None:
    return None if duration.is_duration(text) else f"`{text}` is no duration of Prometheus, such as `5m` or `1h30m`"


def quote(text: str) -> str:
    """The regular expression that matches `text` and nothing else."""
    return _META.sub(r"\\\g<0>", text)


def pattern(value: Given) -> str | Misfit:
    """A value inside a regular expression: text matches itself, a pattern what it says."""
    if isinstance(value, Pattern):
        wrong = regex.fault(value.text)
        return Misfit(f"it is no regular expression: {wrong}") if wrong else f"(?:{value.text})"
    written = text(value)
    return written if isinstance(written, Misfit) else quote(written)


def _whole_pattern(value: Given) -> str | Misfit:
    return value.text if isinstance(value, Pattern) else text(value)


def _pattern_fault(text: str) -> str | None:
    wrong = regex.fault(text)
    return f"it is no regular expression: {wrong}" if wrong else None


def _url_fault(text: str) -> str | None:
    return None if _URL.fullmatch(text) else "a URL begins with `http://`, `https://` or `/` and has no blanks"


def _percent(value: Given) -> str | Misfit:
    written = text(value)
    if isinstance(written, Misfit):
        return written
    if written in (".", ".."):
        return Misfit("it would lead to another path", hint="use another value")
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in written.encode())


def _url_shape(parts: tuple[str, ...]) -> Shape:
    """A value at the very beginning is the URL that the rest is added to; any other is percent-encoded."""
    if parts[0]:
        return _alike(_percent)(parts)
    rest = assemble(_pieces(parts[1:], _percent, 1))

    def shape(values: Sequence[Given]) -> Written | Misfit:
        base, added = text(values[0]), rest(values)
        if isinstance(base, Misfit):
            return base._replace(position=0)
        if isinstance(added, Misfit):
            return added
        if _url_fault(base) or _LATER.search(base) or not parts[1].startswith(("/", "?", "#")):
            return Misfit("a URL that more is added to must be one, without `?` and `#`, and a `/` must follow", 0)
        url = (base.removesuffix("/") if parts[1].startswith("/") else base) + added.text
        return Written(url, url)

    return shape


TEXT: Final = Form(_no_fault, whole(text), _alike(text))
DURATION: Final = Form(_duration_fault, whole(text), _alike(text))
REGEX: Final = Form(_pattern_fault, whole(_whole_pattern), _alike(pattern))
URL: Final = Form(_url_fault, whole(text), _url_shape)
