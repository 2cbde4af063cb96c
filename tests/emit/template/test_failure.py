"""Failures are described in terms of templates, never of Python."""

import pytest

from varve.emit import function
from varve.emit.template.engine import Engine
from varve.emit.template.failure import mismatch, words
from varve.emit.template.given import Given, GoTemplate
from varve.model.diagnostic import Report

PATH = "templates/a.yaml.j2"
GIVEN: dict[str, Given] = {
    "go": GoTemplate("{{ $value }} high"),
    "n": 5,
    "s": "a",
    "l": [1, "b"],
    "m": {"a": 1},
    **function.functions_with_texts({}, "en_GB"),
}


def messages(text: str) -> list[str]:
    report = Report()
    Engine({PATH: text}).render(PATH, GIVEN, {}, report)
    return [each.message.removeprefix("the expression fails: ") for each in report]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: {{ go < n }}", "`<` cannot compare a Go template with a number"),
        ("a: {{ s >= l }}", "`>=` cannot compare a text with a list"),
        ("a: {{ n in go }}", "`in` cannot search a Go template"),
        ("a: {{ go in s }}", "`in` cannot search a text for a Go template"),
        ("{% if l in m %}{% endif %}", "its values do not fit"),
        ("a: {{ -go }}", "`-` cannot be applied to a Go template"),
        ("a: {{ go[1:] }}", "a Go template has no items"),
        ("a: {{ m[go] }}", "`{{ $value }} high` is not given"),
        ("a: {{ m[l] }}", "`a list` is not given"),
        ("a: {{ n // 0 }}", "division by zero"),
        ("{% set a, b = go %}", "a Go template cannot be unpacked into several values"),
        ("{% for a, b in [[1]] %}{% endfor %}", "there are fewer values than names"),
        ("{% for a, b in [[1, 2, 3]] %}{% endfor %}", "there are more values than names"),
        ("a: {{ s.startswith(go) }}", "`startswith` cannot be called with `{{ $value }} high`"),
        ("a: {{ s.upper(1) }}", "`upper` cannot be called with `1`"),
        ("a: {{ m.get(l) }}", "`get` cannot be called with a list"),
        ("a: {{ range('a', n) }}", "`range` cannot be called with `a` and `5`"),
        ("a: {{ range(99999999999999999999) }}", "`range` cannot be called with `99999999999999999999`"),
        ("a: {{ range() }}", "`range` cannot be called without arguments"),
        ("a: {{ percent(go) }}", "the function cannot be called with `{{ $value }} high`"),
        ("a: {{ budget('a') }}", "the function cannot be called with `a`"),
        ("a: {{ seconds(text=n) }}", "the function cannot be called with `5`"),
        ("a: {{ seconds() }}", "the function cannot be called without arguments"),
        ("a: {{ seconds(s) }}", "the function fails: `a` is not a duration"),
        ("a: {{ go | upper }}", "the filter `upper` cannot be applied to `{{ $value }} high`"),
    ],
)
def test_a_failing_template_is_reported_with_the_reason(text: str, message: str) -> None:
    assert messages(text) == [message]


def test_unknown_messages_of_python_are_not_passed_on() -> None:
    assert words(TypeError("'GoTemplate' object is not what CPython 4 expects")) == "its values do not fit"
    assert words(TypeError("macro 'a' takes no keyword argument 'b'")) == "macro 'a' takes no keyword argument 'b'"


def test_values_are_shown() -> None:
    assert mismatch("it", ["a", {}, None]) == "it cannot be called with `a` and a map and `null`"
    assert mismatch("it", [1] * 1_000) == "it cannot be called with `1` and `1` and `1` and `1` and `1` and 995 more"
