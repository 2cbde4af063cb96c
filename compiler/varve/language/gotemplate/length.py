"""Upper bounds for the length of a function's result, so that a short template cannot produce a huge text.

Lengths are in bytes, and hold if no label is longer than `LABEL`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from varve.language.gotemplate import printf
from varve.language.gotemplate.function import CHOICES, Operand

LONGEST: Final = 1 << 16
LABEL: Final = 1 << 10
LABELS: Final = 1 << 12
SCALAR: Final = 64  # a number or a boolean, and the result of `humanize`
TOO_LONG: Final = f"longer than {LONGEST} bytes where labels are {LABEL} long: replace, repeat or print less"

# A reference to a group in a replacement; Go accepts more names, which are then counted as longer, never as shorter.
_REFERENCE: Final = re.compile(r"\$(?:\{[A-Za-z0-9_]+\}|[A-Za-z0-9_]+)")
_RECASED_BYTES: Final = 3  # for one byte that is not valid UTF-8
_ENCODED_BYTES: Final = 3  # `%20` for a blank


def length(name: str, arguments: Sequence[Operand]) -> int:
    """The maximum number of bytes of the result of the function `name` for valid `arguments`."""
    bound = _BOUNDS.get(name)
    return bound(arguments) if bound else SCALAR


def _joined(arguments: Sequence[Operand]) -> int:
    return sum(each.length + 1 for each in arguments)


def _longest(arguments: Sequence[Operand]) -> int:
    return max(each.length for each in arguments)


def _printed(arguments: Sequence[Operand]) -> int:
    return printf.length(arguments[0].literal or "", arguments[1:])


def _replaced(arguments: Sequence[Operand]) -> int:
    """The bound if all of the text is kept, each byte and the end is a match, and each reference inserts all of it."""
    _, replacement, text = arguments
    if replacement.literal is None:
        fixed, references = replacement.length, replacement.length
    else:
        fixed, references = len(_REFERENCE.sub("", replacement.literal).encode()), replacement.literal.count("$")
    return text.length + (text.length + 1) * fixed + text.length * references


_BOUNDS: Final[Mapping[str, Callable[[Sequence[Operand]], int]]] = MappingProxyType(
    {
        **dict.fromkeys(CHOICES, _longest),
        **dict.fromkeys(("stripPort", "stripDomain"), _longest),
        **dict.fromkeys(("title", "toUpper", "toLower"), lambda arguments: _RECASED_BYTES * _longest(arguments)),
        **dict.fromkeys(("print", "println"), _joined),
        "urlquery": lambda arguments: _ENCODED_BYTES * _joined(arguments),
        "index": lambda _: LABEL,
        "printf": _printed,
        "reReplaceAll": _replaced,
    }
)
