"""How long a text may be that a function gives, from how long its arguments may be: a short text must make no huge one.

Lengths are bytes, and never below what comes out, where no label is longer than `LABEL`.
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
SCALAR: Final = 64  # a number or a truth, and what `humanize` makes of one
TOO_LONG: Final = f"longer than {LONGEST} bytes where labels are {LABEL} long: replace, repeat or print less"

# A reference of a replacement to a group; Go knows more names, which are longer so and never shorter.
_REFERENCE: Final = re.compile(r"\$(?:\{[A-Za-z0-9_]+\}|[A-Za-z0-9_]+)")
_RECASED: Final = 3  # bytes for one, where it is no character
_QUOTED: Final = 3  # `%20` for a blank


def length(name: str, arguments: Sequence[Operand]) -> int:
    """How many bytes the function `name` may give for `arguments`, which it takes."""
    bound = _BOUNDS.get(name)
    return bound(arguments) if bound else SCALAR


def _joined(arguments: Sequence[Operand]) -> int:
    return sum(each.length + 1 for each in arguments)


def _longest(arguments: Sequence[Operand]) -> int:
    return max(each.length for each in arguments)


def _printed(arguments: Sequence[Operand]) -> int:
    return printf.length(arguments[0].literal or "", arguments[1:])


def _replaced(arguments: Sequence[Operand]) -> int:
    """All of the text may be kept; each byte of it be a match, and one behind; each reference give all of it."""
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
        **dict.fromkeys(("title", "toUpper", "toLower"), lambda arguments: _RECASED * _longest(arguments)),
        **dict.fromkeys(("print", "println"), _joined),
        "urlquery": lambda arguments: _QUOTED * _joined(arguments),
        "index": lambda _: LABEL,
        "printf": _printed,
        "reReplaceAll": _replaced,
    }
)
