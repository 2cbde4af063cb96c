import pytest

from varve.emit.template.engine import Engine
from varve.emit.template.field import Field
from varve.emit.template.given import Given
from varve.model.diagnostic import Report

FIELDS = {"expr": Field.QUERY}


def rendered(template: str, **context: Given) -> tuple[object, list[str]]:
    report = Report()
    value = Engine({"templates/x.yaml.j2": template}).render("templates/x.yaml.j2", context, FIELDS, report)
    return value, [f"{each.rule.code}: {each.message}" for each in report]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param(
            'expr: rate(up{job="{{ x }}"}[$__rate_interval])',
            'rate(up{job="a"}[$__rate_interval])',
            id="a value in a string beside an interval",
        ),
        pytest.param(
            'expr: rate({{ x }}{instance=~"$instance"}[$__rate_interval])',
            'rate(a{instance=~"$instance"}[$__rate_interval])',
            id="a value that is a name",
        ),
        pytest.param("expr: topk($n, {{ x }})", "topk($n, a)", id="a variable that can only be a number"),
        pytest.param("expr: up > $limit", "up > $limit", id="a variable without any value"),
        pytest.param("expr: {{ x }}", "a", id="a value that is all of it"),
        pytest.param("expr: up{job='{{ x }}'}", "up{job='a'}", id="no variable"),
    ],
)
def test_values_are_bound_next_to_variables(template: str, expected: str) -> None:
    assert rendered(template, x="a") == ({"expr": expected}, [])


@pytest.mark.parametrize(
    ("template", "value"),
    [
        pytest.param('expr: up{job="{{ x }}"}', "$instance", id="whole"),
        pytest.param('expr: up{job="{{ x }}",a=~"$a"}', "${__user.login}", id="in braces"),
        pytest.param('expr: up{job="a{{ x }}"}', "[[job]]", id="in brackets"),
        pytest.param("expr: {{ x }}", 'up{job="$job"}', id="in an expression"),
    ],
)
def test_no_value_introduces_a_variable(template: str, value: str) -> None:
    made, messages = rendered(template, x=value)
    assert made is None
    (message,) = messages
    assert message.startswith("emit/value-does-not-fit")
    assert "Grafana would read a part of it as a variable" in message


@pytest.mark.parametrize(
    "template", ['expr: up{job="${{ x }}"}', "expr: rate(up[$__{{ x }}])", "expr: up > ${a:{{ x }}}"]
)
def test_no_value_is_part_of_a_variable(template: str) -> None:
    _, (message,) = rendered(template, x="job")
    assert message.startswith("emit/invalid-field")
    assert "a value cannot be a piece of a variable" in message


def test_a_value_can_end_no_string() -> None:
    made, messages = rendered('expr: rate(up{job="{{ x }}"}[$__rate_interval])', x='"} or up{job="')
    assert (made, messages) == ({"expr": 'rate(up{job="\\"} or up{job=\\""}[$__rate_interval])'}, [])


def test_a_value_that_is_not_promql_does_not_fit() -> None:
    _, (message,) = rendered("expr: rate(up[$__rate_interval]) > {{ x }}", x="1) or (up")
    assert message.startswith("emit/value-does-not-fit: `1) or (up` from `x` does not fit this dashboard query field")


def test_a_query_of_the_template_that_is_wrong_is_the_templates_fault() -> None:
    _, (message,) = rendered("expr: rate(up[$__rate_interval)")
    assert message.startswith("emit/invalid-field")
