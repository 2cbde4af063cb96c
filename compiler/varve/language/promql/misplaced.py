"""Finds the misplaced token of an invalid expression, because the parser only reports that there is one."""

from collections.abc import Iterator, Sequence
from typing import Final

from varve.language.fault import Fault, quote
from varve.language.promql.lexer import AGGREGATORS, BLANK, GROUPERS, WORD_OPERATORS, Kind, Token

_VALUES: Final = frozenset({Kind.NAME, Kind.NUMBER, Kind.DURATION, Kind.STRING})
_BEFORE_LIST: Final = GROUPERS | {"fill", "fill_left", "fill_right"}  # before labels, or a number, between parentheses
_MATCHING: Final = (_BEFORE_LIST - {"by", "without"}) | {"bool"}
_BETWEEN: Final = WORD_OPERATORS | {"offset"}
_CALL: Final = "call("  # a parenthesis of arguments, of which there may be none
_GROUPED: Final = "grouped"
_CLOSERS: Final = {"{": "}", "[": "]", "(": ")"}
_UNKNOWN: Final = Fault("the text is not a PromQL expression")


def misplaced(tokens: Sequence[Token], length: int) -> Fault:
    """The fault of the first token that is invalid at its place; without an offset if none is obviously wrong."""
    rest = iter([token for token in tokens if token.kind not in BLANK])
    before, complete = "", False
    for token in rest:
        word = token.text.lower()
        fits = _after_operand(token, word, before) if complete else _before_operand(token, word, before)
        if fits is None:
            return Fault(f"unexpected {quote(token.text)}", token.start)
        grouped = word == "(" and before in _BEFORE_LIST
        if grouped or word in {"{", "["}:
            _skip(rest, _CLOSERS[word])
        before = _GROUPED if grouped else _CALL if word == "(" and complete else word
        complete = fits
    return _UNKNOWN if complete else Fault("unexpected end of the expression", length)


def _skip(rest: Iterator[Token], closer: str) -> None:
    for token in rest:
        if token.text == closer:
            return


def _before_operand(token: Token, word: str, before: str) -> bool | None:
    """Whether `token`, where an operand must begin, completes it; None if `token` is invalid there."""
    if token.kind in _VALUES or word == "{":
        return True
    if token.kind is Kind.KEYWORD:
        return None if word in _MATCHING and not before else word not in _MATCHING
    if word == "(":
        return False
    if word == ")":
        return True if before == _CALL else None
    return False if word in {"+", "-"} else None


def _after_operand(token: Token, word: str, before: str) -> bool | None:
    """Whether an operand is still complete after `token`, which follows it; None if `token` is invalid there."""
    if token.kind is Kind.OPERATOR or word in _BETWEEN:
        return None if word == "=" else False
    if word in {"@", ","}:
        return False
    if word in {")", "["} or (word == "(" and before in _BEFORE_LIST):
        return True
    if word == "{":
        return True if _is_name(before) else None
    if word == "(":
        return False if _is_name(before) else None
    return True if word in {"by", "without"} and (before == ")" or before in AGGREGATORS) else None


def _is_name(before: str) -> bool:
    return before.replace(":", "_").isidentifier()
