"""Rules are rendered as a list, one by one, and as JSON."""

import json as standard
from typing import Final

from varve.model.diagnostic import Rule, Severity
from varve.render.rule import json, rows, whole

RULES: Final = (
    Rule("read/no-moon", "There is no moon", "A night without one is dark. " * 5 + "Wait.", Severity.WARNING),
    Rule("read/no-sun", "There is no sun", "It is night."),
)


def test_a_list_has_a_line_for_each() -> None:
    assert [line.split(maxsplit=1) for line in rows(RULES).splitlines()] == [
        ["read/no-moon", "There is no moon"],
        ["read/no-sun", "There is no sun"],
    ]


def test_one_is_explained_in_lines_that_fit() -> None:
    assert whole(RULES[1]) == "error[read/no-sun]: There is no sun\n\nIt is night.\n"
    assert max(map(len, whole(RULES[0]).splitlines())) <= 88


def test_json_has_everything() -> None:
    assert standard.loads(json(RULES)) == [
        {"code": each.code, "severity": each.severity.value, "title": each.title, "explanation": each.explanation}
        for each in RULES
    ]
