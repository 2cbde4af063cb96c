"""An expression keeps every series because of `bool` only if nothing in it may filter otherwise."""

import pytest

from varve.language.promql.boolean import is_unfiltered

UNFILTERED = [
    "x > bool 100",
    "100 <= BOOL x",
    "((x == bool 0))",
    "-(x > bool 100)",
    "x > bool on (queue) y",
    "1 - (x > bool 100)",
    "(x > bool 100) * (y > bool 100)",
    "(x > bool 100) * on (queue) group_left () y",
    "x > bool 100 and y > bool 100",
    "x > bool 100 or y > 100",
    "x > 100 or y > bool 100",
    "(x > 100 or vector(0)) > bool 0",
    "sum(x > bool 100)",
    "max_over_time((x > bool 100)[5m:1m])",
    "scalar(x > 100) == bool 1",
    "absent_fraction > bool 1",
]
OTHERS = [
    "x",
    "x > 100",
    "(x > bool 100) == 1",
    "sum(x > bool 100) > 3",
    "avg_over_time((x > bool 100)[5m:1m]) > 0.5",
    "(x > 100) > bool 0",
    "(x > 100) * (y > bool 100)",
    "x > 100 and y > bool 100",
    "x > bool 100 and y",
    "x > bool 100 unless y",
    "x > 100 or y > 100",
    "x or y > 100",
    "absent(x) > bool 0",
    "absent_over_time(x[5m]) > bool 0",
    "absent(x > bool 100)",
    "ALERTS > bool 0",
    '{__name__="ALERTS"} > bool 0',
    'x{queue="> bool 1"}',
    "bool > 1",
    "vector(1)",
    "x > bool",
]


@pytest.mark.parametrize("expr", UNFILTERED)
def test_a_comparison_with_bool_keeps_every_series(expr: str) -> None:
    assert is_unfiltered(expr)


@pytest.mark.parametrize("expr", OTHERS)
def test_another_filter_drops_some(expr: str) -> None:
    assert not is_unfiltered(expr)
