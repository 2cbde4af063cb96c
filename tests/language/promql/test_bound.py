"""Whole numbers as bounds are recognised, with the text that Prometheus stores in their place."""

import pytest

from varve.language.promql.bound import Bound, whole_bounds

WHOLE = {
    'x_bucket{le="1"}': [("le", "1", "1.0")],
    "rate(x_bucket{job='a', le = '10'}[5m]) > 1": [("le", "10", "10.0")],
    "x_bucket{le=`1`}": [("le", "1", "1.0")],
    '{"x_bucket", "le"="1"}': [("le", "1", "1.0")],
    'x{quantile="0"} + x{quantile="1"}': [("quantile", "0", "0.0"), ("quantile", "1", "1.0")],
    'x_bucket{le=~"0.5|1|\\\\+Inf"}': [("le", "1", "1.0")],
    'x_bucket{le=~"1|5"}': [("le", "1", "1.0"), ("le", "5", "5.0")],
    'x_bucket{le="-5"}': [("le", "-5", "-5.0")],
    'x_bucket{le="+5"}': [("le", "+5", "5.0")],
    'x_bucket{le="010"}': [("le", "010", "10.0")],
    'x_bucket{le="999999"}': [("le", "999999", "999999.0")],
    'x_bucket{le="1000000"}': [("le", "1000000", "1e+06")],
    'x_bucket{le="1500000"}': [("le", "1500000", "1.5e+06")],
    'x_bucket{le="123456789012345"}': [("le", "123456789012345", "1.23456789012345e+14")],
    'x_bucket{le="1"} or x_bucket{le="1"}': [("le", "1", "1.0")],
}
OTHERS = [
    "x_bucket",
    'x_bucket{le="0.3"}',
    'x_bucket{le="1.0"}',
    'x_bucket{le="+Inf"}',
    'x_bucket{le="1e+06"}',
    'x_bucket{le!="1"}',
    'x_bucket{le!~"1|2"}',
    'x_bucket{le=~"1|1\\\\.0"}',
    'x_bucket{le=~"1|1.0"}',
    'x_bucket{le=~"1000000|1e\\\\+06"}',
    'x_bucket{le=~"1(?:\\\\.0)?"}',
    'x_bucket{le=~"(1|2|3)(\\\\.0)?"}',
    'x_bucket{le="1"} or x_bucket{le="1.0"}',
    'x{handle="1"}',
    'x{quantiles="1"}',
    "x{text=\"le='1'\"}",
    'x{le="1"',
]


@pytest.mark.parametrize("expr", WHOLE)
def test_a_whole_number_is_found_with_what_is_stored(expr: str) -> None:
    assert whole_bounds(expr) == tuple(Bound(*each) for each in WHOLE[expr])


@pytest.mark.parametrize("expr", OTHERS)
def test_anything_else_is_not(expr: str) -> None:
    assert whole_bounds(expr) == ()
