"""Whether a text prints the value of the alert's expression."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from varve.language.fault import Fault
from varve.language.gotemplate.lexer import Token, lex

_VALUES: Final = frozenset({"$value", ".Value"})
_SUSPECT: Final = re.compile(r"(?:\$v|\.V)alue\b")
_TESTS: Final = frozenset({"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "match"})
"""Functions whose result is mostly the same for another value."""


@lru_cache(maxsize=4096)
def prints_value(template: str) -> bool:
    """Whether a valid template prints the value, as `{{ $value }}` and `{{ $value | humanize }}` do.

    What a condition or a function tests is not printed: `{{ if gt $value 5.0 }}page{{ end }}` has two results.
    """
    if _SUSPECT.search(template) is None:
        return False
    tokens = lex(template)
    return not isinstance(tokens, Fault) and any(_printing(tokens))


def _printing(tokens: Sequence[Token]) -> Iterator[bool]:
    """For each action that prints something, whether that is the value."""
    dots: list[bool] = []  # for each open branch, whether `.` is the value
    for action in _actions(tokens):
        word, is_dot = action[0].text if action else "", bool(dots) and dots[-1]
        if word in {"if", "with"}:
            dots.append(_names(action, is_dot=is_dot) if word == "with" else is_dot)
        elif word == "else":
            dots[-1] = len(dots) > 1 and dots[-2]
        elif word == "end":
            dots.pop()
        else:
            yield _names(action, is_dot=is_dot)


def _actions(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The tokens of each action without its spaces."""
    opened = 0
    for index, token in enumerate(tokens):
        if token.kind == "open":
            opened = index
        elif token.kind == "close":
            yield [each for each in tokens[opened + 1 : index] if each.kind != "space"]


def _names(action: Sequence[Token], *, is_dot: bool) -> bool:
    """Whether the result of an action follows the value, which `.` is too if `is_dot`."""
    if any(each.kind == "word" and each.text in _TESTS for each in action):
        return False
    values = _VALUES | {"."} if is_dot else _VALUES
    return any(
        token.kind in {"variable", "field"} and token.text in values and not (before and _touches(before, token))
        for before, token in zip([None, *action], action, strict=False)
    )


def _touches(before: Token, token: Token) -> bool:
    """Whether a field belongs to what is before it, as in `$labels.Value`."""
    return before.kind in {"variable", "field"} and before.start + len(before.text) == token.start
