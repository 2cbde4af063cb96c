"""The formats of `printf`: which of them an alert's text may use, and how long a text they make."""

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
_DIGITS: Final = 2  # of a width or a precision: a wide one makes a long text of nothing
_WRAPPING: Final = 32  # what surrounds a value that a verb does not fit, as in `%!d(string=a)`
_WIDEST: Final = 512  # the largest number without an exponent
_ESCAPED: Final = 6  # characters for one, such as `0x61, `


class _Directive(NamedTuple):
    flags: str
    width: str
    precision: str
    verb: str
    text: str

    @property
    def is_sign(self) -> bool:
        """Whether it takes no value, and prints `%`."""
        return self.text == "%%"

    @property
    def padding(self) -> int:
        """How many characters it may add for its width and its precision."""
        return int(self.width or 0) + int(self.precision or 0)


def fault(form: str) -> str | None:
    """Why `form` may not be the format of `printf`: a phrase without a full stop, or None."""
    for each in _directives(form):
        if max(len(each.width), len(each.precision)) > _DIGITS:
            return f"refuses {quote(each.text)} in its format: a width and a precision have at most {_DIGITS} digits"
        if each.verb not in _VERBS and not each.is_sign:
            return f"refuses {quote(each.text)} in its format: it is not a verb that an alert's text may use"
    return None


def length(form: str, values: Sequence[Operand]) -> int:
    """How many bytes `printf` may give for a format that has no fault, and these values."""
    takers = [each for each in _directives(form) if not each.is_sign]
    return len(form.encode()) + sum(_length(*pair) for pair in zip_longest(takers, values))


def _length(directive: _Directive | None, value: Operand | None) -> int:
    if value is None:
        return _WRAPPING
    if directive is None:
        return value.length + _WRAPPING
    is_plain = directive.verb in "sv" and "#" not in directive.flags
    if Sort.LABELS in value.sort:  # each name and each value is printed by itself
        return value.length * (1 + directive.padding + (0 if is_plain else _WRAPPING))
    printed = value.length if is_plain else value.length * _ESCAPED
    return printed + directive.padding + (_WRAPPING if value.sort is Sort.TEXT else _WIDEST)


def _directives(form: str) -> Iterator[_Directive]:
    for found in _DIRECTIVE.finditer(form):
        yield _Directive(found["flags"], found["width"], found["precision"] or "", found["verb"], found[0])
