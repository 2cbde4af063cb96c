"""Text, durations, URLs and regular expressions: languages in which a place has no context but its neighbours."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from varve.emit.template import given
from varve.emit.template.form import Form, Misfit, Shape
from varve.emit.template.given import SCALARS, Given, Message, Pattern
from varve.language import duration, message, regex

_META: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_URL: Final = re.compile(r"(?:https?://[^\s/?#\\]+|/(?![/\\]))[^\s\\]*")
_BASE_END: Final = re.compile(r"[?#]")


def _text(value: Given) -> str | Misfit:
    """A scalar, or a message of the catalogue with its parameters."""
    if type(value) in SCALARS and value is not None:
        return given.text(value)  # type: ignore[arg-type]
    if not isinstance(value, Message):
        return Misfit("it is no text", hint="write text or a number")
    texts = {name: _text(each) for name, each in value.parameters.items()}
    wrong = next((each for each in texts.values() if isinstance(each, Misfit)), None)
    return wrong or _fill(value, texts)  # type: ignore[arg-type]


def _fill(said: Message, texts: dict[str, str]) -> str | Misfit:
    try:
        return message.fill(said.text, texts)
    except KeyError as missing:
        return Misfit(f"the message asks for `%({missing.args[0]})s`, which it is not given")


def _joined(write: Callable[[Given], str | Misfit]) -> Callable[[tuple[str, ...]], Shape]:
    """The form of a text in which every value is written alike, whatever stands beside it."""

    def shape(parts: tuple[str, ...]) -> Shape:
        def join(values: Sequence[Given]) -> str | Misfit:
            text = parts[0]
            for position, value in enumerate(values):
                written = write(value)
                if isinstance(written, Misfit):
                    return written._replace(position=position)
                text += written + parts[position + 1]
            return text

        return join

    return shape


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
    written = _text(value)
    return written if isinstance(written, Misfit) else quote(written)


def _whole_pattern(value: Given) -> str | Misfit:
    return value.text if isinstance(value, Pattern) else _text(value)


def _pattern_fault(text: str) -> str | None:
    wrong = regex.fault(text)
    return f"it is no regular expression: {wrong}" if wrong else None


def _url_fault(text: str) -> str | None:
    return None if _URL.fullmatch(text) else "a URL begins with `http://`, `https://` or `/` and has no blanks"


def _percent(value: Given) -> str | Misfit:
    written = _text(value)
    if isinstance(written, Misfit):
        return written
    if written in (".", ".."):
        return Misfit("it would lead to another path", hint="use another value")
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in written.encode())


def _url_shape(parts: tuple[str, ...]) -> Shape:
    """A value at the very beginning is the URL that the rest is added to; any other is percent-encoded."""
    encoded = _joined(_percent)(parts)
    if parts[0]:
        return encoded
    rest = _joined(_percent)(parts[1:])

    def join(values: Sequence[Given]) -> str | Misfit:
        base = _text(values[0])
        if isinstance(base, Misfit):
            return base._replace(position=0)
        if _url_fault(base) or _BASE_END.search(base) or not parts[1].startswith(("/", "?", "#")):
            return Misfit("a URL that more is added to must be one, without `?` and `#`, and a `/` must follow", 0)
        added = rest(values[1:])
        if isinstance(added, Misfit):
            return added._replace(position=(added.position or 0) + 1)
        return base.removesuffix("/") + added if added.startswith("/") else base + added

    return join


TEXT: Final = Form(_no_fault, _text, _joined(_text))
DURATION: Final = Form(_duration_fault, _text, _joined(_text))
REGEX: Final = Form(_pattern_fault, _whole_pattern, _joined(pattern))
URL: Final = Form(_url_fault, _text, _url_shape)
