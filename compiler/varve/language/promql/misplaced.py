"""Which token of a broken expression cannot stand where it does: said where the parser only says that one cannot."""

from collections.abc import Iterator, Sequence
from typing import Final

from varve.language.fault import Fault
from varve.language.promql.lexer import AGGREGATORS, GROUPERS, WORD_OPERATORS, Kind, Token

_BLANK: Final = frozenset({Kind.SPACE, Kind.COMMENT})
_VALUES: Final = frozenset({Kind.NAME, Kind.NUMBER, Kind.DURATION, Kind.STRING})
_MATCHING: Final = (GROUPERS - {"by", "without"}) | {"bool", "fill", "fill_left", "fill_right"}
_BETWEEN: Final = WORD_OPERATORS | {"offset"}
_UNKNOWN: Final = Fault("the text is not a PromQL expression")


def misplaced(tokens: Sequence[Token], length: int) -> Fault:
    """The first token that no expression has at its place; a fault without a place where none is plainly wrong."""
    rest = iter([token for token in tokens if token.kind not in _BLANK])
    before, complete = "", False
    for token in rest:
        word = token.text.lower()
        fits = _after_operand(token, word, before) if complete else _before_operand(token, word, before)
        if fits is None:
            return Fault(f"unexpected `{token.text}`", token.start)
        if word in {"{", "["} or (word == "(" and before in GROUPERS):
            _skip(rest, {"{": "}", "[": "]", "(": ")"}[word])
        complete, before = fits, word
    return _UNKNOWN if complete else Fault("unexpected end of the expression", length)


def _skip(rest: Iterator[Token], closer: str) -> None:
    for token in rest:
        if token.text == closer:
            return


def _before_operand(token: Token, word: str, before: str) -> bool | None:
    """Whether an operand is complete with `token`, which stands where one begins; None where it cannot."""
    if token.kind in _VALUES or word == "{":
        return True
    if token.kind is Kind.KEYWORD:
        return None if word in _MATCHING and not before else word not in _MATCHING
    if word == "(":
        return False
    if word == ")":
        return True if before == "(" else None
    return False if word in {"+", "-"} else None


def _after_operand(token: Token, word: str, before: str) -> bool | None:
    """Whether an operand is still complete with `token`, which stands behind one; None where it cannot."""
    if token.kind is Kind.OPERATOR or word in _BETWEEN:
        return None if word == "=" else False
    if word in {"@", ","}:
        return False
    if word in {")", "["}:
        return True
    if word in {"{", "("}:
        return (word == "{" or before in GROUPERS) if before.isidentifier() or ":" in before else None
    return True if word in {"by", "without"} and (before == ")" or before in AGGREGATORS) else None
