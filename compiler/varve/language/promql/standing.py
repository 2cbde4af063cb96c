"""Where the selectors of a sound expression stand among its tokens."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from varve.language import literal
from varve.language.promql.lexer import AGGREGATORS, BLANK, GROUPERS, WORD_OPERATORS, Kind, Token

_VALUES: Final = frozenset({Kind.NUMBER, Kind.DURATION, Kind.STRING})
_CLOSERS: Final = {"{": "}", "[": "]", "(": ")"}
_BETWEEN: Final = frozenset({Kind.NAME, Kind.KEYWORD})
_LISTED: Final = GROUPERS | {"fill", "fill_left", "fill_right"}
_MATCHING: Final = _LISTED - {"by", "without"}


class Said(NamedTuple):
    """A matcher of a selector, as its text says it: the name unquoted, and the value, at `start` of the expression."""

    name: str
    operator: str
    value: str
    start: int


class Standing(NamedTuple):
    """A selector in a text: where it begins, where a matcher could be inserted, and the matchers that it says.

    `end` is the place behind the metric's name where there are no braces, and else that behind the left one. `filled`
    is whether anything stands between the braces, a quoted name of a metric too; None where there are none.
    """

    start: int
    end: int
    filled: bool | None
    matchers: tuple[Said, ...]


def selectors(tokens: Sequence[Token]) -> Iterator[Standing]:
    """The selectors of an expression that Prometheus reads, in the order of the text."""
    solid = [token for token in tokens if token.kind not in BLANK]
    at, complete = 0, False
    while at < len(solid):
        if complete:
            at, complete = _after_operand(solid, at)
            continue
        if _begins(solid, at):
            found, at = _selector(solid, at)
            yield found
            complete = True
            continue
        at, complete = _before_operand(solid, at)


def _word(solid: Sequence[Token], at: int) -> str:
    return solid[at].text.lower() if at < len(solid) else ""


def _begins(solid: Sequence[Token], at: int) -> bool:
    """Whether a selector begins with a token that stands where an operand does."""
    token, after = solid[at], _word(solid, at + 1)
    if token.kind not in _BETWEEN:
        return token.text == "{"
    word = token.text.lower()
    if token.kind is Kind.KEYWORD and (word in _MATCHING or word == "bool"):
        return False
    return after != "(" and not (word in AGGREGATORS and after in {"by", "without"})


def _selector(solid: Sequence[Token], at: int) -> tuple[Standing, int]:
    start = solid[at].start
    opened = at if solid[at].text == "{" else at + 1
    if _word(solid, opened) != "{":
        return Standing(start, solid[at].end, None, ()), at + 1
    end = _closed(solid, opened)
    inside = solid[opened + 1 : end - 1]
    return Standing(start, solid[opened].end, bool(inside), tuple(_matchers(inside))), end


def _matchers(inside: Sequence[Token]) -> Iterator[Said]:
    for name, operator, value in zip(inside, inside[1:], inside[2:], strict=False):
        if operator.kind is Kind.OPERATOR:
            yield Said(_unquoted(name), operator.text, _unquoted(value), name.start)


def _unquoted(token: Token) -> str:
    said = literal.read(token.text) if token.kind is Kind.STRING else token.text
    return said if isinstance(said, str) else token.text


def _before_operand(solid: Sequence[Token], at: int) -> tuple[int, bool]:
    """What follows a token that begins no selector, where an operand is still to come, and whether it came."""
    token, word = solid[at], _word(solid, at)
    if token.kind in _VALUES or word == ")":
        return at + 1, True
    grouped = token.kind is Kind.KEYWORD and (word in _MATCHING or _word(solid, at + 1) in {"by", "without"})
    return _without_list(solid, at + 1 if word not in AGGREGATORS or not grouped else at + 2, grouped=grouped), False


def _after_operand(solid: Sequence[Token], at: int) -> tuple[int, bool]:
    """What follows a token that stands behind an operand, and whether the operand is still whole with it."""
    token, word = solid[at], _word(solid, at)
    if token.kind is Kind.KEYWORD and word in {"by", "without"}:
        return _without_list(solid, at + 1, grouped=True), True
    if word == "[":
        return _closed(solid, at), True
    return at + 1, not (token.kind is Kind.OPERATOR or word in WORD_OPERATORS or word in {"offset", "@", ",", "("})


def _without_list(solid: Sequence[Token], at: int, *, grouped: bool) -> int:
    return _closed(solid, at) if grouped and _word(solid, at) == "(" else at


def _closed(solid: Sequence[Token], at: int) -> int:
    """The place behind what closes the bracket at `at`; nothing of its own kind stands inside."""
    closer = _CLOSERS[solid[at].text]
    return next((index + 1 for index in range(at + 1, len(solid)) if solid[index].text == closer), len(solid))
