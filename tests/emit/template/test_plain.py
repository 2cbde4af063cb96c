"""Text, durations, URLs and regular expressions keep their form whatever is bound in them."""

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from varve.emit.template import plain
from varve.emit.template.engine import Engine
from varve.emit.template.field import Field
from varve.emit.template.given import Given, GoTemplate, Pattern
from varve.language.message import Catalogue
from varve.model.diagnostic import Report
from varve.model.source import Value

PATH = "templates/a.yaml.j2"


def bind(template: str, field: Field, value: Given) -> tuple[Value, list[str]]:
    report = Report()
    got = Engine({PATH: f"f: {template}"}).render(PATH, {"x": value, "text": Catalogue("en", {})}, {"f": field}, report)
    return (got["f"] if isinstance(got, dict) else None), [each.rule.code for each in report]


CASES: dict[str, tuple[str, Field, Given, Value]] = {
    "a number as text": ("{{ x }}", Field.TEXT, 5, "5"),
    "a boolean as text": ("{{ x }}", Field.TEXT, True, "true"),
    "text with text": ('"<{{ x }}>"', Field.TEXT, "a: 1\n", "<a: 1\n>"),
    "a message as text": ("{{ text('on %(x)s', x=x) }}", Field.TEXT, "{{", "on {{"),
    "a fixed number as text": ("5", Field.TEXT, None, "5"),
    "a duration": ("{{ x }}", Field.DURATION, "5m", "5m"),
    "a duration of number and unit": ('"{{ x }}m"', Field.DURATION, 5, "5m"),
    "a whole pattern": ("{{ x }}", Field.REGEX, "a|b", "a|b"),
    "a marked pattern": ("{{ x }}", Field.REGEX, Pattern("a|b"), "a|b"),
    "text in a pattern": ('"{{ x }}:.*"', Field.REGEX, "a.b", "a\\.b:.*"),
    "a pattern in a pattern": ('"x{{ x }}"', Field.REGEX, Pattern("a|b"), "x(?:a|b)"),
    "a whole URL": ("{{ x }}", Field.URL, "https://a.example/b?c=d", "https://a.example/b?c=d"),
    "a path": ("{{ x }}", Field.URL, "/d/abc", "/d/abc"),
    "text in a URL": (
        '"https://a.example/{{ x }}?q={{ x }}"',
        Field.URL,
        "a/b&c é",
        "https://a.example/a%2Fb%26c%20%C3%A9?q=a%2Fb%26c%20%C3%A9",
    ),
    "a URL that more is added to": (
        '"{{ x }}/d/{{ x }}"',
        Field.URL,
        "https://a.example/",
        "https://a.example/d/https%3A%2F%2Fa.example%2F",
    ),
}


@pytest.mark.parametrize(("template", "field", "value", "expected"), CASES.values(), ids=CASES)
def test_a_value_fits(template: str, field: Field, value: Given, expected: Value) -> None:
    assert bind(template, field, value) == (expected, [])


UNFIT: dict[str, tuple[str, Field, Given]] = {
    "a number without a unit": ("{{ x }}", Field.DURATION, 5),
    "more than a duration": ('"{{ x }}m"', Field.DURATION, "5m or 1"),
    "a pattern that is none": ("{{ x }}", Field.REGEX, "(a"),
    "a pattern only Python has": ("{{ x }}", Field.REGEX, "(?=a)"),
    "a marked pattern that is none": ('"x{{ x }}"', Field.REGEX, Pattern("a)|(b")),
    "a script": ("{{ x }}", Field.URL, "javascript:alert(1)"),
    "another host by two slashes": ("{{ x }}", Field.URL, "//evil.example"),
    "a backslash": ("{{ x }}", Field.URL, "https://a.example\\@evil.example"),
    "a line break": ("{{ x }}", Field.URL, "https://a.example/\nX: y"),
    "a step up": ('"https://a.example/a/{{ x }}/b"', Field.URL, ".."),
    "a base with a query": ('"{{ x }}/d"', Field.URL, "https://a.example/?a=b"),
    "a base that is none": ('"{{ x }}/d"', Field.URL, "evil"),
    "a base that goes on as a host": ('"{{ x }}.example"', Field.URL, "https://evil"),
    "a Go template as text": ("{{ x }}", Field.TEXT, GoTemplate("{{ $value }}")),
}


@pytest.mark.parametrize(("template", "field", "value"), UNFIT.values(), ids=UNFIT)
def test_a_value_does_not_fit(template: str, field: Field, value: Given) -> None:
    assert bind(template, field, value) == (None, ["emit/value-does-not-fit"])


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\\.+*?()|[]{}^$-#& \n"), max_size=30))
def test_a_quoted_text_matches_itself_and_nothing_else(text: str) -> None:
    pattern = plain.quote(text)
    options = re2.Options()
    options.dot_nl = True
    assert re2.fullmatch(pattern, text, options) is not None
    assert re2.fullmatch(pattern, f"{text}x", options) is None


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ue000\ue001"), max_size=30))
def test_text_in_a_url_stays_one_segment(text: str) -> None:
    got, said = bind('"https://a.example/{{ x }}/c"', Field.URL, text)
    if text in (".", ".."):
        assert said == ["emit/value-does-not-fit"]
    else:
        assert isinstance(got, str)
        assert got.count("/") == 4
        assert not set(got) & set("?#&\\ ")
