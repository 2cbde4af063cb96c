"""Whether a text prints the value of the alert's expression."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from varve.language.gotemplate.action import actions, is_test, touches
from varve.language.gotemplate.lexer import Token

_VALUES: Final = frozenset({"$value", ".Value"})
_SUSPECT: Final = re.compile(r"(?:\$v|\.V)alue\b")


@lru_cache(maxsize=4096)
def prints_value(template: str) -> bool:
    """Whether a template that is valid prints the value, as `{{ $value }}` and `{{ $value | humanize }}` do.

    What a condition or a function tests is not printed: `{{ if gt $value 5.0 }}page{{ end }}` has two results.
    """
    return _SUSPECT.search(template) is not None and any(_printing(actions(template)))


def _printing(actions: Sequence[Sequence[Token]]) -> Iterator[bool]:
    """For each action that prints something, whether that is the value."""
    dots: list[bool] = []  # for each open branch, whether `.` is the value
    for action in actions:
        word, is_dot = action[0].text if action else "", bool(dots) and dots[-1]
        if word in {"if", "with"}:
            dots.append(_names(action, is_dot=is_dot) if word == "with" else is_dot)
        elif word == "else":
            dots[-1] = len(dots) > 1 and dots[-2]
        elif word == "end":
            dots.pop()
        else:
            yield _names(action, is_dot=is_dot)


def _names(action: Sequence[Token], *, is_dot: bool) -> bool:
    """Whether the result of an action follows the value, which `.` is too if `is_dot`."""
    if is_test(action):
        return False
    values = _VALUES | {"."} if is_dot else _VALUES
    return any(
        token.kind in {"variable", "field"} and token.text in values and not (before and touches(before, token))
        for before, token in zip([None, *action], action, strict=False)
    )
