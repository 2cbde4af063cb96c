"""The values that a template is given: plain data, and texts that are known to be in a certain language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final, TypeAlias

from varve.language.message import Catalogue

OPEN: Final = "\ue000"
CLOSE: Final = "\ue001"
"""The characters around a placeholder in a rendered text: no value may contain them, and no artifact does."""


@dataclass(frozen=True, slots=True)
class GoTemplate:
    """A whole Go template that an author wrote as such, like an alert's summary with `{{ $value }}` in it."""

    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """A text of a pack's catalogue, with the values of its `%(name)s` parameters."""

    text: str
    parameters: Mapping[str, "Given"]


@dataclass(frozen=True, slots=True)
class Function:
    """A pure function that templates may call, such as `seconds`; raises `ValueError` if it has no result."""

    call: Callable[..., "Given"]


Scalar: TypeAlias = str | int | float | bool | None

Marked: TypeAlias = GoTemplate | Message

Given: TypeAlias = Mapping[str, "Given"] | Sequence["Given"] | Scalar | Marked | Catalogue | Function
"""What a template may be given: plain data, marked texts, functions, and the catalogue of its pack as `text`."""

SCALARS: Final = frozenset({str, int, float, bool, type(None)})

_ATOMS: Final = SCALARS | {GoTemplate, Message, Catalogue, Function}
_KEYS: Final = frozenset({str})
_LARGEST: Final = 1 << 63
_LONGEST: Final = 60


def is_private(text: str) -> bool:
    """Whether `text` contains a character that is reserved for placeholders."""
    return OPEN in text or CLOSE in text


def copy(value: Given) -> Given:
    """A copy of plain data, so that no template can change the original; raises `TypeError` for anything else."""
    kind = type(value)
    if kind in _ATOMS:
        return value
    if isinstance(value, list | tuple):
        return [each if type(each) in _ATOMS else copy(each) for each in value]
    if isinstance(value, dict) or isinstance(value, Mapping):  # noqa: SIM101 - the usual kind, several times faster
        if not _KEYS.issuperset(map(type, value)):
            _refuse_keys(value)
        return {key: each if type(each) in _ATOMS else copy(each) for key, each in value.items()}
    message = f"a template cannot be given a `{kind.__name__}`"
    raise TypeError(message)


def _refuse_keys(value: Mapping[str, Given]) -> None:
    kind = next(type(key) for key in value if type(key) is not str)
    message = f"a template cannot be given a map with a `{kind.__name__}` for a key"
    raise TypeError(message)


def number(value: object) -> str | None:
    """The text of a finite number of at most 64 bits, or None for anything else; booleans are not numbers."""
    if (type(value) is int and -_LARGEST <= value < _LARGEST) or (type(value) is float and isfinite(value)):
        return repr(value)
    return None


def text(value: Scalar) -> str:
    """A scalar as it is written inside a longer text."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case _:
            return repr(value)


def show(value: object) -> str:
    """A value as a message may name it: short, on one line, without invisible characters."""
    match value:
        case str() | GoTemplate() | Message():
            return f"`{_short(value if isinstance(value, str) else value.text)}`"
        case dict():
            return "a map"
        case list() | tuple():
            return "a list"
        case bool() | int() | float() | None:
            return f"`{_short(text(value))}`"
        case _:
            return "something that is not plain data"


def _short(text: str) -> str:
    printable = "".join(each if each.isprintable() else " " for each in text[:_LONGEST])
    return printable if len(text) <= _LONGEST else f"{printable}…"
