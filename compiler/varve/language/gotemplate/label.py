"""The labels of the alert's series that a text prints."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from varve.language import literal
from varve.language.gotemplate.action import actions, is_test, touches
from varve.language.gotemplate.lexer import Token

_LABELS: Final = frozenset({"$labels", ".Labels"})
_SUSPECT: Final = re.compile(r"(?:\$l|\.L)abels\b")


@lru_cache(maxsize=4096)
def printed_labels(template: str) -> frozenset[str]:
    """The labels that a template prints, such as `queue` in `{{ $labels.queue }}`; none if it is not valid.

    What a condition or a function tests is not among them, nor what is inside of an `if` or `with` that tests a label:
    such a text takes care of empty labels.
    """
    return frozenset(_printed(actions(template)) if _SUSPECT.search(template) else ())


def _printed(actions: Sequence[Sequence[Token]]) -> Iterator[str]:
    testing: list[bool] = []  # for each open branch, whether it tests labels
    for action in actions:
        word = action[0].text if action else ""
        if word in {"if", "with"}:
            testing.append(_tests_label(action))
        elif word == "else":
            testing[-1] = testing[-1] or _tests_label(action)
        elif word == "end":
            testing.pop()
        elif not any(testing) and not is_test(action):
            yield from _named(action)


def _tests_label(action: Sequence[Token]) -> bool:
    return any(each.text in _LABELS for each in action)


def _named(action: Sequence[Token]) -> Iterator[str]:
    """The labels that an action names: `$labels.queue`, or `index $labels "queue"`."""
    for before, token, after in zip([None, *action], action, action[1:], strict=False):
        if token.text not in _LABELS or token.kind not in {"variable", "field"}:
            continue
        if touches(token, after) and after.kind == "field":
            yield after.text[1:]
        elif before is not None and before.text == "index" and after.kind in {"string", "raw"}:
            name = literal.read(after.text)
            if isinstance(name, str):
                yield name
