"""The labels of the alert's series that a text prints."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from varve.language import literal
from varve.language.fault import Fault
from varve.language.gotemplate.lexer import Token, lex

_LABELS: Final = frozenset({"$labels", ".Labels"})
_SUSPECT: Final = re.compile(r"(?:\$l|\.L)abels\b")
_TESTS: Final = frozenset({"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "match"})
"""Functions that make something else of an empty label."""


@lru_cache(maxsize=4096)
def printed_labels(template: str) -> frozenset[str]:
    """The labels that a valid template prints, such as `queue` in `{{ $labels.queue }}`.

    What a condition or a function tests is not among them, nor what is inside of an `if` or `with` that tests a label:
    such a text takes care of empty labels.
    """
    if _SUSPECT.search(template) is None:
        return frozenset()
    tokens = lex(template)
    return frozenset() if isinstance(tokens, Fault) else frozenset(_printed(tokens))


def _printed(tokens: Sequence[Token]) -> Iterator[str]:
    testing: list[bool] = []  # for each open branch, whether it tests labels
    for action in _actions(tokens):
        word = next((each.text for each in action if each.kind != "space"), "")
        if word in {"if", "with"}:
            testing.append(_tests(action))
        elif word == "else":
            testing[-1] = testing[-1] or _tests(action)
        elif word == "end":
            testing.pop()
        elif not any(testing) and not any(each.kind == "word" and each.text in _TESTS for each in action):
            yield from _named(action)


def _actions(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    opened = 0
    for index, token in enumerate(tokens):
        if token.kind == "open":
            opened = index
        elif token.kind == "close":
            yield tokens[opened + 1 : index]


def _tests(action: Sequence[Token]) -> bool:
    return any(each.text in _LABELS for each in action)


def _named(action: Sequence[Token]) -> Iterator[str]:
    """The labels that an action names: `$labels.queue`, or `index $labels "queue"`."""
    parts = [each for each in action if each.kind != "space"]
    for before, token, after in zip([None, *parts], parts, [*parts[1:], None], strict=False):
        if token.text not in _LABELS or token.kind not in {"variable", "field"} or after is None:
            continue
        if _touches(token, after) and after.kind == "field":
            yield after.text[1:]
        elif before is not None and before.text == "index" and after.kind in {"string", "raw"}:
            name = literal.read(after.text)
            if isinstance(name, str):
                yield name


def _touches(token: Token, after: Token) -> bool:
    return token.start + len(token.text) == after.start
