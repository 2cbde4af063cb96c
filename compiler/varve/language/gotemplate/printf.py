"""The formats of `printf`: which are allowed in an alert's text, and the length of their results."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from varve.language.fault import quote
from varve.language.gotemplate.function import Operand, Sort

_VERBS: Final = frozenset("bcdeEfFgGoOqstTUvxX")
_DIRECTIVE: Final = re.compile(
    r"%(?P<flags>[-+# 0]*+)(?P<width>[0-9]*+)(?>\.(?P<precision>[0-9]*+)|)(?P<verb>.|\Z)", re.DOTALL
)
_DIGITS: Final = 2  # of a width or a precision, because a large one makes a long text of nothing
_WRAPPING: Final = 32  # around a value that does not fit its verb, as in `%!d(string=a)`
_WIDEST: Final = 512  # the largest number without an exponent
_ESCAPED: Final = 6  # characters for each byte, such as `0x61, `


class _Directive(NamedTuple):
    flags: str
    width: str
    precision: str
    verb: str
    text: str

    @property
    def is_percent_sign(self) -> bool:
        """Whether the directive takes no value, and prints `%`."""
        return self.text == "%%"

    @property
    def padding(self) -> int:
        """The maximum number of characters that width and precision add."""
        return int(self.width or 0) + int(self.precision or 0)


def fault(form: str) -> str | None:
    """Why `form` may not be the format of `printf`: a phrase without a full stop, or None."""
    for each in _directives(form):
        if max(len(each.width), len(each.precision)) > _DIGITS:
            return f"refuses {quote(each.text)} in its format: a width and a precision have at most {_DIGITS} digits"
        if each.verb not in _VERBS and not each.is_percent_sign:
            return f"refuses {quote(each.text)} in its format: it is not a verb that an alert's text may use"
    return None


def length(form: str, values: Sequence[Operand]) -> int:
    """The maximum number of bytes of the result of `printf` for a format without fault and these values."""
    takers = [each for each in _directives(form) if not each.is_percent_sign]
    return len(form.encode()) + sum(_length(*pair) for pair in zip_longest(takers, values))


def _length(directive: _Directive | None, value: Operand | None) -> int:
    if value is None:
        return _WRAPPING
    if directive is None:
        return value.length + _WRAPPING
    is_plain = directive.verb in "sv" and "#" not in directive.flags
    if Sort.LABELS in value.sort:  # each name and each value is formatted by itself
        return value.length * (1 + directive.padding + (0 if is_plain else _WRAPPING))
    printed = value.length if is_plain else value.length * _ESCAPED
    return printed + directive.padding + (_WRAPPING if value.sort is Sort.TEXT else _WIDEST)


def _directives(form: str) -> Iterator[_Directive]:
    for found in _DIRECTIVE.finditer(form):
        yield _Directive(found["flags"], found["width"], found["precision"] or "", found["verb"], found[0])
