"""The actions of a template, without the text between them."""

from collections.abc import Sequence
from typing import Final

from varve.language.fault import Fault
from varve.language.gotemplate.check import fault
from varve.language.gotemplate.lexer import Token, enclosed, lex

_TESTS: Final = frozenset({"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "match"})
"""Functions whose result is mostly the same for another argument."""


def actions(template: str) -> tuple[Sequence[Token], ...]:
    """The tokens of each action without its spaces; nothing if the template is invalid or not allowed."""
    if fault(template) is not None:
        return ()
    tokens = lex(template)
    if isinstance(tokens, Fault):
        return ()
    return tuple([each for each in inside if each.kind != "space"] for _, inside in enclosed(tokens))


def is_test(action: Sequence[Token]) -> bool:
    """Whether an action prints the result of a test, and not what it tests."""
    return any(each.kind == "word" and each.text in _TESTS for each in action)


def touches(before: Token, token: Token) -> bool:
    """Whether a field belongs to the variable or field before it, as in `$labels.queue`."""
    return before.kind in {"variable", "field"} and before.start + len(before.text) == token.start
