"""Text and durations are valid whatever is bound in them."""

import pytest

from varve.emit.template.engine import Engine
from varve.emit.template.field import Field
from varve.emit.template.given import Given, GoTemplate
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
}


@pytest.mark.parametrize(("template", "field", "value", "expected"), CASES.values(), ids=CASES)
def test_a_value_fits(template: str, field: Field, value: Given, expected: Value) -> None:
    assert bind(template, field, value) == (expected, [])


UNFIT: dict[str, tuple[str, Field, Given]] = {
    "a number without a unit": ("{{ x }}", Field.DURATION, 5),
    "more than a duration": ('"{{ x }}m"', Field.DURATION, "5m or 1"),
    "a Go template as text": ("{{ x }}", Field.TEXT, GoTemplate("{{ $value }}")),
}


@pytest.mark.parametrize(("template", "field", "value"), UNFIT.values(), ids=UNFIT)
def test_a_value_does_not_fit(template: str, field: Field, value: Given) -> None:
    assert bind(template, field, value) == (None, ["emit/value-does-not-fit"])
