"""Renders rules: a line for each, one whole, or as JSON."""

import textwrap
from collections.abc import Iterable

from varve.model.diagnostic import Rule
from varve.render.document import document

_WIDTH = 88


def rows(rules: Iterable[Rule]) -> str:
    """A line for each rule."""
    return "".join(f"{each.code:<40} {each.title}\n" for each in rules)


def whole(rule: Rule) -> str:
    """A rule with its explanation."""
    explanation = textwrap.fill(rule.explanation, _WIDTH, break_on_hyphens=False)
    return f"{rule.severity.value}[{rule.code}]: {rule.title}\n\n{explanation}\n"


def json(rules: Iterable[Rule]) -> str:
    """The rules as one JSON document: a list of objects."""
    return document(
        [
            {
                "code": each.code,
                "severity": each.severity.value,
                "title": each.title,
                "explanation": each.explanation,
            }
            for each in rules
        ]
    )
