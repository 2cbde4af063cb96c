"""Filters and tests count their work, refuse captured text, and are named when they fail."""

import pytest

from varve.emit.template.captured import Captured
from varve.emit.template.engine import Engine
from varve.emit.template.given import Given
from varve.emit.template.operation import capture, refuse_unusable, weight
from varve.emit.template.run import LARGEST, Refusal
from varve.model.diagnostic import Report

PATH = "templates/a.yaml.j2"


def messages(text: str, **context: Given) -> list[str]:
    report = Report()
    Engine({PATH: text}).render(PATH, context, {}, report)
    return [each.message for each in report]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: {{ x | upper }}", "the filter `upper` cannot be applied to `5`"),
        ("a: {{ x | items }}", "the filter `items` cannot be applied to `5`"),
        ("a: {{ 'a' | int }}", "the filter `int` cannot be applied to `a`"),
        ("a: {{ [] | first }}", "the filter `first` cannot be applied to a list"),
        ("{% if 'a' is odd %}{% endif %}", "the test `odd` cannot be applied to `a`"),
        ("a: {{ x / 0 }}", "the expression fails: division by zero"),
        ("a: {{ x + 'a' }}", "`+` cannot be applied to `5` and `a`"),
        ("a: {{ x ~ none }}", "`null` has no form as text"),
        ("a: {{ x ~ [] }}", "a list has no form as text"),
        ("{% for a in x %}{% endfor %}", "`5` is neither a list nor a map to loop over"),
        ("{% for a in 'abc' %}{% endfor %}", "`abc` is neither a list nor a map to loop over"),
        ("{% for a in none %}{% endfor %}", "`null` is neither a list nor a map to loop over"),
        ("a: {{ nope }}", "`nope` is not given"),
        ("a: {{ x.nope }}", "`5` has no `nope` that a template may use"),
        ("a: {{ m.nope }}", "`m.nope` is not given"),
        ("a: {{ m.nope.deeper }}", "`nope` is not given"),
        ("a: {{ m['nope'] }}", "`m['nope']` is not given"),
        ("{% if nope %}{% endif %}", "`nope` is not given"),
        ("a: {{ nope | upper }}", "`nope` is not given"),
        ("a: {{ nope() }}", "`nope` is not given"),
        ("a: {{ x() }}", "what is called here is neither a macro nor a function"),
        (
            "{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}",
            "the expression fails: macro 'f' takes not more than 1 argument(s)",
        ),
    ],
)
def test_a_failure_names_what_failed(text: str, message: str) -> None:
    assert messages(text, x=5, m={}) == [message]


@pytest.mark.parametrize(
    "text",
    [
        "a: {{ nope | default(1) }}",
        "a: {{ m.nope | d(1) }}",
        "a: {{ nope if nope is defined else 1 }}",
        "a: {{ 1 if nope is undefined }}",
    ],
)
def test_a_missing_value_can_have_a_default(text: str) -> None:
    report = Report()
    assert Engine({PATH: text}).render(PATH, {"m": {}}, {}, report) == {"a": 1}
    assert not report.broken


def test_a_condition_without_else_writes_nothing() -> None:
    report = Report()
    assert Engine({PATH: "a: '{{ x if no }}'"}).render(PATH, {"x": 1, "no": False}, {}, report) == {"a": ""}


def test_captured_text_is_limited_in_size() -> None:
    assert isinstance(capture(["a", "b"]), Captured)
    with pytest.raises(Refusal):
        capture(["x" * LARGEST, "y"])


def test_captured_text_is_not_inspected() -> None:
    refuse_unusable(["a", 1])
    with pytest.raises(Refusal):
        refuse_unusable(["a", Captured("b")])


@pytest.mark.parametrize(
    ("value", "work"), [("x" * 128, 2), ([1, 2], 2), ({"a": 1}, 1), (range(9), 9), (5, 0), (None, 0)], ids=repr
)
def test_the_weight_of_a_value(value: object, work: int) -> None:
    assert weight(value) == work
