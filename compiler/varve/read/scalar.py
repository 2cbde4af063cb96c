"""What an unquoted piece of text means: the core schema of YAML 1.2, which XML shares."""

import re
from typing import Final, TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

FIRST: Final = frozenset(["", *"0123456789+-.~ntfNTF"])
"""What `text[:1]` is wherever a text may mean anything but itself; asking this first spares most texts the call."""

NULLS: Final = frozenset(["", "~", "null", "Null", "NULL"])

_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(NULLS),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_DIGITS: Final = 32


def scalar(text: str) -> Scalar:
    """The value of a plain scalar: dates, `yes`, `on`, `1_000` and `12:30` stay text.

    Numbers that no reader of ours accepts come back as what they are, infinite or beyond 64 bits: `plain` refuses them.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return integer(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return text


def integer(text: str) -> int:
    """The integer that `text` writes, in a time that does not grow with its digits: far beyond 64 bits, any will do."""
    digits = text.lstrip("+-0")
    match digits[:1]:
        case "x":
            return int(digits[1:], 16)
        case "o":
            return int(digits[1:], 8)
    value = int(digits or "0") if len(digits) <= _DIGITS else 1 << 99
    return -value if text.startswith("-") else value
