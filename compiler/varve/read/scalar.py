"""What an unquoted text means: the core schema of YAML 1.2, used for XML too."""

import re
from typing import Final, TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

FIRST: Final = frozenset(["", *"0123456789+-.~ntfNTF"])
"""All values of `text[:1]` for which a text may not be a string; testing this first saves most texts the call."""

NULLS: Final = frozenset(["", "~", "null", "Null", "NULL"])

_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(NULLS),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_MAX_DIGITS: Final = 32


def scalar(text: str) -> Scalar:
    """The value of a plain scalar; dates, `yes`, `on`, `1_000` and `12:30` remain texts.

    Numbers that are infinite, not a number or beyond 64 bits are returned as they are: `plain` refuses them.
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
    """The integer that `text` denotes, in time independent of its length; far beyond 64 bits, any such integer."""
    digits = text.lstrip("+-0")
    match digits[:1]:
        case "x":
            return int(digits[1:], 16)
        case "o":
            return int(digits[1:], 8)
    value = int(digits or "0") if len(digits) <= _MAX_DIGITS else 1 << 99
    return -value if text.startswith("-") else value
