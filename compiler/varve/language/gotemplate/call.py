"""Whether a function may be called in an alert's text with the given arguments."""

import re
from collections.abc import Sequence
from typing import Final

from varve.language import regex
from varve.language.fault import Fault, quote
from varve.language.gotemplate import printf
from varve.language.gotemplate.function import (
    CHOICES,
    COMPARISONS,
    FUNCTIONS,
    KEYWORDS,
    PATTERNS,
    REFUSED,
    Function,
    Operand,
    Sort,
)
from varve.language.gotemplate.length import LONGEST, TOO_LONG, length
from varve.language.gotemplate.lexer import Token

_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_SINGLE: Final = frozenset(Sort)
_WORDS: Final = {
    Sort.TEXT: "text",
    Sort.INT: "a whole number",
    Sort.FLOAT: "a number with a fraction",
    Sort.BOOL: "true or false",
    Sort.LABELS: "labels",
}


def call(name: Token, arguments: Sequence[Operand]) -> Operand | Fault:
    """The result of the function `name` for `arguments`, or why it may not be called or would fail."""
    reason = KEYWORDS.get(name.text) or REFUSED.get(name.text)
    if reason:
        return Fault(f"{quote(name.text)} is not allowed in an alert's text: {reason}", name.start)
    function = FUNCTIONS.get(name.text)
    if function is None:
        return Fault(f"the function {quote(name.text)} is unknown", name.start)
    wrong = _count(function, arguments) or _misfit(function, arguments) or _special(name.text, arguments)
    if wrong:
        return Fault(f"`{name.text}` {wrong}", name.start)
    longest = length(name.text, arguments)
    if longest > LONGEST:
        return Fault(f"`{name.text}` may return a text {TOO_LONG}", name.start)
    return Operand(_union(arguments) if name.text in CHOICES else function.returns, longest)


def _count(function: Function, arguments: Sequence[Operand]) -> str | None:
    wanted, got = function.fewest, len(arguments)
    if got == wanted or (function.variadic and got > wanted):
        return None
    return f"takes {'at least ' if function.variadic else ''}{wanted} argument{'s' * (wanted != 1)}, not {got}"


def _misfit(function: Function, arguments: Sequence[Operand]) -> str | None:
    last = len(function.takes) - 1
    for index, argument in enumerate(arguments):
        if argument.sort & ~function.takes[min(index, last)]:
            return f"cannot take {_words(argument.sort)} as argument {index + 1}"
    return None


def _special(name: str, arguments: Sequence[Operand]) -> str | None:
    if name in COMPARISONS:
        return _incomparable(arguments)
    if name in PATTERNS:
        pattern = arguments[0].literal
        wrong = "it must be a literal" if pattern is None else regex.fault(pattern)
        return f"refuses its pattern: {wrong}" if wrong else None
    if name == "printf":
        form = arguments[0].literal
        return "refuses its format: it must be a literal" if form is None else printf.fault(form)
    written = arguments[-1].literal
    if name.startswith("humanize") and written is not None and not _NUMBER.fullmatch(written):
        return f"cannot read {quote(written)} as a number"
    return None


def _incomparable(arguments: Sequence[Operand]) -> str | None:
    sorts = _union(arguments)
    if sorts in _SINGLE:
        return None
    if sorts == Sort.INT | Sort.FLOAT:
        return "cannot compare a whole number with one that has a fraction, write `1.0` instead of `1`"
    return f"cannot compare {_words(sorts)}"


def _union(arguments: Sequence[Operand]) -> Sort:
    sorts = arguments[0].sort
    for argument in arguments[1:]:
        sorts |= argument.sort
    return sorts


def _words(sorts: Sort) -> str:
    return " with ".join(_WORDS[sort] for sort in Sort if sort in sorts)
