"""Finds the selectors of a valid expression among its tokens."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from varve.language import literal
from varve.language.promql.lexer import AGGREGATORS, BLANK, GROUPERS, WORD_OPERATORS, Kind, Token

_VALUES: Final = frozenset({Kind.NUMBER, Kind.DURATION, Kind.STRING})
_CLOSERS: Final = {"{": "}", "[": "]", "(": ")"}
_WORDS: Final = frozenset({Kind.NAME, Kind.KEYWORD})
_BEFORE_LIST: Final = GROUPERS | {"fill", "fill_left", "fill_right"}
_MATCHING: Final = _BEFORE_LIST - {"by", "without"}


class PlacedMatcher(NamedTuple):
    """A matcher of a selector: name and value are unquoted, and `start` is its offset in the expression."""

    name: str
    operator: str
    value: str
    start: int


class PlacedSelector(NamedTuple):
    """A selector in a text: its offset, the offset at which a matcher can be inserted, and its matchers.

    `end` is after the left brace, or after the metric's name if there are no braces. `filled` is whether there is
    anything between the braces, including a quoted name of a metric; None if there are no braces.
    """

    start: int
    end: int
    filled: bool | None
    matchers: tuple[PlacedMatcher, ...]


def selectors(tokens: Sequence[Token]) -> Iterator[PlacedSelector]:
    """The selectors of a valid expression, in the order of the text."""
    solid = [token for token in tokens if token.kind not in BLANK]
    at, complete = 0, False
    while at < len(solid):
        if complete:
            at, complete = _after_operand(solid, at)
            continue
        if _is_start(solid, at):
            found, at = _selector(solid, at)
            yield found
            complete = True
            continue
        at, complete = _before_operand(solid, at)


def _word(solid: Sequence[Token], at: int) -> str:
    return solid[at].text.lower() if at < len(solid) else ""


def _is_start(solid: Sequence[Token], at: int) -> bool:
    """Whether a selector begins with a token, where an operand must begin."""
    token, after = solid[at], _word(solid, at + 1)
    if token.kind not in _WORDS:
        return token.text == "{"
    word = token.text.lower()
    if token.kind is Kind.KEYWORD and (word in _MATCHING or word == "bool"):
        return False
    return after != "(" and not (word in AGGREGATORS and after in {"by", "without"})


def _selector(solid: Sequence[Token], at: int) -> tuple[PlacedSelector, int]:
    start = solid[at].start
    opened = at if solid[at].text == "{" else at + 1
    if _word(solid, opened) != "{":
        return PlacedSelector(start, solid[at].end, None, ()), at + 1
    end = _closed(solid, opened)
    inside = solid[opened + 1 : end - 1]
    return PlacedSelector(start, solid[opened].end, bool(inside), tuple(_matchers(inside))), end


def _matchers(inside: Sequence[Token]) -> Iterator[PlacedMatcher]:
    for name, operator, value in zip(inside, inside[1:], inside[2:], strict=False):
        if operator.kind is Kind.OPERATOR:
            yield PlacedMatcher(_unquoted(name), operator.text, _unquoted(value), name.start)


def _unquoted(token: Token) -> str:
    value = literal.read(token.text) if token.kind is Kind.STRING else token.text
    return value if isinstance(value, str) else token.text


def _before_operand(solid: Sequence[Token], at: int) -> tuple[int, bool]:
    """The position after a token that is no selector, where an operand must begin, and whether it completed one."""
    token, word = solid[at], _word(solid, at)
    if token.kind in _VALUES or word == ")":
        return at + 1, True
    grouped = token.kind is Kind.KEYWORD and (word in _MATCHING or _word(solid, at + 1) in {"by", "without"})
    return _without_list(solid, at + 1 if word not in AGGREGATORS or not grouped else at + 2, grouped=grouped), False


def _after_operand(solid: Sequence[Token], at: int) -> tuple[int, bool]:
    """The position after a token that follows an operand, and whether the operand is still complete with it."""
    token, word = solid[at], _word(solid, at)
    if token.kind is Kind.KEYWORD and word in {"by", "without"}:
        return _without_list(solid, at + 1, grouped=True), True
    if word == "[":
        return _closed(solid, at), True
    return at + 1, not (token.kind is Kind.OPERATOR or word in WORD_OPERATORS or word in {"offset", "@", ",", "("})


def _without_list(solid: Sequence[Token], at: int, *, grouped: bool) -> int:
    return _closed(solid, at) if grouped and _word(solid, at) == "(" else at


def _closed(solid: Sequence[Token], at: int) -> int:
    """The position after what closes the bracket at `at`; brackets of the same kind cannot be nested there."""
    closer = _CLOSERS[solid[at].text]
    return next((index + 1 for index in range(at + 1, len(solid)) if solid[index].text == closer), len(solid))
