"""The type of an expression's value, and the operands that operators refuse."""

import pytest

from varve.language.fault import Fault
from varve.language.promql import reading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", "vector"),
        ("-(x)", "vector"),
        ("1", "scalar"),
        ("-(1 + 2)", "scalar"),
        ("1 + x", "vector"),
        ("x > 1", "vector"),
        ("1 > bool 2", "scalar"),
        ("scalar(x) * 2", "scalar"),
        ("vector(1)", "vector"),
        ("time()", "scalar"),
        ("sum(x)", "vector"),
        ("x[5m]", "matrix"),
        ("x[5m:]", "matrix"),
        ("rate(x[5m])", "vector"),
        ('"a"', "string"),
        ('("a")', "string"),
    ],
)
def test_a_value_has_the_same_type_as_in_prometheus(text: str, expected: str) -> None:
    found = reading.read(text)
    assert not isinstance(found, Fault)
    assert found.result_type == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ln(-1)", "expected type vector in call to function `ln`, got scalar"),
        ("log10(-NaN)", "expected type vector in call to function `log10`, got scalar"),
        ("offset", 'a metric of the name `offset` is written `{__name__="offset"}`'),
        ("info(x, y)", "the second argument of `info` must be matchers alone, without a name"),
        ("info(x, sum(y))", "the second argument of `info` must be matchers alone, without a name"),
        ("limitk(x, y)", "the first argument of `limitk` must be a scalar"),
        ("abs(limit_ratio(x, y))", "the first argument of `limit_ratio` must be a scalar"),
        ("1 + fill(0) x", "missing series can be filled only between two instant vectors, and not by a set operator"),
        ("x or fill(0) y", "missing series can be filled only between two instant vectors, and not by a set operator"),
    ],
)
def test_what_the_parser_overlooks_is_refused(text: str, message: str) -> None:
    assert reading.fault(text) == Fault(message)
