"""A value is inserted whole or becomes text, in the language of its field; anything else is reported."""

import pytest

from varve.emit.template.bind import plan
from varve.emit.template.engine import Engine
from varve.emit.template.field import Field, FieldTree
from varve.emit.template.given import Given, GoTemplate, Message
from varve.emit.template.skeleton import parse
from varve.model.diagnostic import Report
from varve.model.source import Value

PATH = "templates/a.yaml.j2"
FIELDS: FieldTree = {
    "labels": {"*": Field.GOTEMPLATE},
    "list": {"*": {"expr": Field.PROMQL}},
    "expr": Field.PROMQL,
    "free": {"for": Field.DURATION},
}


def bind(template: str, **context: Given) -> tuple[Value, list[str]]:
    report = Report()
    value = Engine({PATH: template}).render(PATH, context, FIELDS, report)
    return value, [each.rule.code.removeprefix("emit/") for each in report]


BOUND: dict[str, tuple[str, Given, Value]] = {
    "a map": ("a: {{ x }}", {"b": [1, {"c": None}]}, {"a": {"b": [1, {"c": None}]}}),
    "null": ("a: {{ x }}", None, {"a": None}),
    "a boolean": ("a: {{ x }}", False, {"a": False}),
    "a float": ("a: {{ x }}", 0.1, {"a": 0.1}),
    "a number as text in a language": ("expr: {{ x }}", 1, {"expr": "1"}),
    "a map of texts in a language": (
        "labels: {{ x }}",
        {"a": "{{", "b": GoTemplate("{{ $value }}")},
        {"labels": {"a": '{{ "{{" }}', "b": "{{ $value }}"}},
    ),
    "a list of maps with languages": ("list: {{ x }}", [{"expr": "up", "n": 1}], {"list": [{"expr": "up", "n": 1}]}),
    "a key": ("{{ x }}: 1", "k", {"k": 1}),
    "a key with text": ("a-{{ x }}: 1", 5, {"a-5": 1}),
    "a key among keys": (
        "labels: {a: b, {{ x }}: '{{ x }}', c: d}",
        "{{k",
        {"labels": {"a": "b", "{{k": '{{ "{{" }}k', "c": "d"}},
    ),
    "a message where there is no language": ("a: {{ x.m }}", {"m": Message("%(a)s!", {"a": 1})}, {"a": "1!"}),
    "a missing map of fields": ("labels: {{ x }}\nfree:", {}, {"labels": {}, "free": None}),
    "a fixed value beside": ("a: 1\nb: [x, {{ x }}, {c: d}]", "v", {"a": 1, "b": ["x", "v", {"c": "d"}]}),
}


@pytest.mark.parametrize(("template", "value", "expected"), BOUND.values(), ids=BOUND)
def test_a_value_is_bound(template: str, value: Given, expected: Value) -> None:
    got, messages = bind(template, x=value)
    assert messages == []
    assert got == expected
    assert str(got) == str(expected)  # in the same order


REFUSED: dict[str, tuple[str, Given, str]] = {
    "a map in a text": ("a: 'b {{ x }}'", {}, "object-in-text"),
    "a list in a text": ("a: '{{ x }}'", [1], "object-in-text"),
    "a map in a field of a language": ("expr: {{ x }}", {}, "object-in-text"),
    "text where a map belongs": ("labels: {{ x }}", "a", "object-in-text"),
    "text with text where a map belongs": ("labels: 'a{{ x }}'", "a", "object-in-text"),
    "a text of a list": ("list: {{ x | join(',') }}", ["a"], "object-in-text"),
    "null in a text": ("a: 'b {{ x }}'", None, "null-in-text"),
    "null in a field of a language": ("expr: {{ x }}", None, "null-in-text"),
    "null in a map of a language": ("labels: {{ x }}", {"a": None}, "null-in-text"),
    "a joined text between brackets": ("a: [{{ x | join(', ') }}]", ["a", "b"], "join-in-list"),
    "a number as a key": ("{{ x }}: 1", 5, "key-from-value"),
    "null as a key": ("{{ x }}: 1", None, "key-from-value"),
    "a map as a key": ("{{ x }}: 1", {}, "key-from-value"),
    "a key with a language": ("{{ x }}: 'or or'", "expr", "key-from-value"),
    "a key twice": ("{a: 1, {{ x }}: 2}", "a", "duplicate-key"),
    "a key twice, by loop": ("{% for k in x %}{{ k }}: 1\n{% endfor %}", ["a", "b", "a"], "duplicate-key"),
    "a private character": ("a: {{ x }}", "a\ue000b", "private-character"),
    "a private character in a text": ("a: '-{{ x }}'", "\ue001", "private-character"),
    "a private character in a key": ("a: {{ x }}", {"\ue001": 1}, "private-character"),
    "a private character in a language": ("expr: 'up{a=\"{{ x }}\"}'", "\ue000", "private-character"),
    "a Go template without its language": ("a: {{ x }}", GoTemplate("{{ $value }}"), "no-plain-value"),
    "a Go template in a list": ("a: {{ [x] }}", GoTemplate("a"), "no-plain-value"),
    "a number beyond 64 bits": ("a: {{ x }}", 1 << 64, "no-plain-value"),
    "infinity": ("a: {{ x }}", float("inf"), "no-plain-value"),
    "a range": ("a: {{ range(3) }}", None, "no-plain-value"),
    "a view of a map": ("a: {{ x.items() }}", {}, "no-plain-value"),
    "a macro": ("{% macro m() %}{% endmacro %}a: {{ m }}", None, "no-plain-value"),
    "a number as a key of a map": ("a: {{ {1: x} }}", None, "no-plain-value"),
    "captured text in a list": ("{% set c %}b{% endset %}a: {{ [c] }}", None, "no-plain-value"),
    "an expression of a template that is none": ("expr: 'up >'", None, "invalid-field"),
    "an empty expression of a template": ("expr:", None, "invalid-field"),
    "a duration of a template that is none": ("free: {for: 5}", None, "invalid-field"),
    "a text of a template where a map belongs": ("labels: a", None, "object-in-text"),
}


@pytest.mark.parametrize(("template", "value", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_bound_is_reported(template: str, value: Given, code: str) -> None:
    assert bind(template, x=value) == (None, [code])


def test_a_list_is_written_without_join() -> None:
    assert bind("a: {{ x }}\nb: \"{{ x | join(', ') }}\"", x=["a", "b"]) == ({"a": ["a", "b"], "b": "a, b"}, [])


def test_a_plan_has_its_fields_and_its_flaws() -> None:
    made = plan(parse("expr: 'up >'\nfree: {for: 5}"), FIELDS)
    assert made.fields is FIELDS
    assert [each.offset for each in made.flaws] == [6, 25]
