"""Text and durations: the languages in which a value is written the same way everywhere."""

from typing import Final

from varve.emit.template import given
from varve.emit.template.form import Form, Misfit, Shape, assemble, at, whole
from varve.emit.template.given import SCALARS, Given, Message
from varve.language import message
from varve.language.time import duration


def text(value: Given) -> str | Misfit:
    """A scalar as text, or a message of the catalogue with its parameters."""
    if type(value) is str:
        return value
    if type(value) in SCALARS and value is not None:
        return given.text(value)  # type: ignore[arg-type]
    return _filled(value) if isinstance(value, Message) else Misfit("it is not text", hint="write text or a number")


def _filled(entry: Message) -> str | Misfit:
    texts: dict[str, str] = {}
    for name, parameter in entry.parameters.items():
        written = text(parameter)
        if isinstance(written, Misfit):
            return Misfit(f"`%({name})s` of the message is not text")
        texts[name] = written
    try:
        return message.fill(entry.text, texts)
    except KeyError as missing:
        return Misfit(f"the message needs `%({missing.args[0]})s`, which is not given")


def _shape(parts: tuple[str, ...]) -> Shape:
    """A text in which every value is written the same way, whatever is next to it."""
    pieces: list[str | Shape] = [parts[0]]
    for position, part in enumerate(parts[1:]):
        pieces += [at(position, text), part]
    return assemble(pieces)


def _no_fault(_: str) -> None:
    return None


def _duration_fault(text: str) -> str | None:
    return None if duration.is_duration(text) else f"`{text}` is not a Prometheus duration, such as `5m` or `1h30m`"


TEXT: Final = Form(_no_fault, whole(text), _shape)
DURATION: Final = Form(_duration_fault, whole(text), _shape)
