"""Names and expressions that Prometheus would refuse are recognised, mostly without parsing."""

from functools import partial

import pytest

from varve.emit.prometheus import rule_value
from varve.emit.shape import Test
from varve.language import promql
from varve.language.fault import Fault
from varve.model.source import Value


@pytest.mark.parametrize(
    ("test", "good", "bad"),
    [
        (rule_value.alert, ["A", "Queue stuck"], ["", " ", None, 5, True, ["A"]]),
        (rule_value.record, ["a:b", "up"], ["", None, 5, "a-b", "a.b", "é"]),
        (rule_value.label, ["a", "_a", "tenant"], ["", "__name__", "__a", "a.b", "é", "1a"]),
        (partial(rule_value.free_label, reserved=("pack",)), ["tenant", "a"], ["pack", "", "__a"]),
        (rule_value.severity, ["critical", "warning", "info"], ["critcal", "", None, 1, ["critical"], "{{ $value }}"]),
        (rule_value.plain, ["", "a", 5, 1.5, True, None], [{}, [], ["a"]]),
        (rule_value.expression, ["up", "1", "(up)", "sum(rate(a[5m]))", "# c\nup"], [5, None, [], {}]),
    ],
)
def test_wrong_names_are_refused(test: Test, good: list[Value], bad: list[Value]) -> None:
    assert [each for each in good if test(each) is not None] == []
    assert [each for each in bad if test(each) is None] == []


@pytest.mark.parametrize("text", ['"a"', "'a'", "`a`", '("a")', ' ( "a" )', '# c\n"a"'])
def test_an_expression_that_is_text_gives_no_vector(text: str) -> None:
    assert rule_value.expression(text) == "returns a string but a vector or a scalar is needed"


@pytest.mark.parametrize(
    "text",
    [
        "a[5m]",
        "(a[5m])",
        "( ( a[5m] ) )",
        "a[5m] offset 5m",
        "a[5m] @ 5",
        "a[5m] @ start() offset -1m",
        "a[5m] @ end()",
        "a[5m:1m]",
        "sum(a)[5m:]",
        "rate(a[5m])[1h:1m] @ start()",
        "a[5m] # c",
        "a[5m] # )",
        "(a[5m] offset 5m)",
        'a{b="]"}[5m]',
    ],
)
def test_an_expression_that_is_a_range_gives_no_vector(text: str) -> None:
    read = promql.read(text)
    assert not isinstance(read, Fault)
    assert read.result_type == "matrix", "the case is one"
    assert rule_value.expression(text) == "returns a matrix but a vector or a scalar is needed"
