"""The labels by which a result is grouped are only those that its series surely have and can differ in."""

import pytest

from varve.language.promql.grouping import by_labels, grouping

GROUPED = [
    "sum by (region) (x)",
    "sum(x) by (job, region) > 1",
    "sum BY(region)(x)",
    "((quantile by (region) (0.9, x))) > bool 1",
    "time() - -max by (region) (x) > 60",
    "1 - (sum by (region) (x) / sum by (region) (y))",
    "x / on (region) sum by (region, job) (y)",
    "sum by (region, job) (x) / ignoring (job) sum by (region) (y)",
    "sum by (region) (x) * on (region) group_left (team) y",
    "y * on (region) group_right (team) sum by (region) (x)",
    "sum by (region) (x) and on () y",
    "sum by (region) (x) unless sum by (region) (y{region='eu'})",
    "sum by (region) (x) or vector(0)",
    "histogram_quantile(0.9, sum by (le, region) (rate(x_bucket[5m])))",
    "max_over_time(sum by (region) (rate(x[5m]))[1h:5m])",
    'label_replace(sum by (region) (x), "team", "$1", "job", "(.*)")',
    'sum by (region) (label_replace(x{region="eu"}, "region", "$1", "zone", "(.*)"))',
    'sum by (region) (x{region=~"eu|us"})',
    'sum by (region) (x{region="eu"} or x{region="us"})',
    'sum by (region) (x{region="eu"} or y)',
    "sum by (region) (x) # by region",
]
OTHERS = [
    "x",
    "region",
    "sum(x)",
    "sum by (job) (x{region='eu'})",
    "sum without (region) (x)",
    "sum(sum by (region) (x))",
    "sum by (job) (sum by (region) (x))",
    "topk by (region) (1, x)",
    "topk(1, sum by (region) (x))",
    'count_values by (region) ("version", x)',
    "scalar(sum by (region) (x)) * y",
    "vector(scalar(sum by (region) (x)))",
    "absent(sum by (region) (x))",
    "info(sum by (region) (x))",
    "x / on (job) sum by (region, job) (y)",
    "sum by (region, job) (x) / ignoring (region) sum by (job) (y)",
    "y * on (job) group_left (team) sum by (region, job) (x)",
    "sum by (region, job) (x) * on (job) group_left (region) y",
    "sum by (region) (x) + fill (0) sum by (region) (y)",
    "y and sum by (region) (x)",
    "y unless sum by (region) (x)",
    'label_replace(sum by (region) (x), "place", "$1", "region", "(.*)")',
    'label_replace(sum by (region) (x), "region", "$1", "job", "(.*)")',
    'label_join(sum by (region) (x), "place", "-", "job", "region")',
    'sum by (region) (x{region="eu"})',
    'sum by (region) (rate(x{region="eu"}[5m])) / sum by (region) (rate(y{region="eu"}[5m]))',
    'sum by (region) (x) / sum by (region) (y{region="eu"})',
    'sum by (region) (x) and sum by (region) (y{region="eu"})',
    'sum by (region) (x{region="eu", job="a"} or x{region="eu", job="b"})',
    'sum by (region) (label_replace(x, "region", "eu", "", ""))',
    "sum by (region (x)",
    'up{job="by (region)"}',
]


@pytest.mark.parametrize("expr", GROUPED)
def test_a_label_of_the_outermost_by_is_one_of_the_result(expr: str) -> None:
    assert "region" in grouping(expr)
    assert "zone" not in grouping(expr)
    assert "region" in by_labels(expr)


@pytest.mark.parametrize("expr", OTHERS)
def test_a_label_that_the_result_may_lack_or_that_cannot_differ_is_none(expr: str) -> None:
    assert "region" not in grouping(expr)


def test_all_labels_of_the_result_are_found() -> None:
    assert grouping("sum by (zone, region, job) (x{job='a'})") == {"zone", "region"}


def test_the_bounds_of_a_histogram_are_not_labels_of_its_quantile() -> None:
    assert grouping("histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))") == set()


def test_an_expression_of_the_greatest_depth_is_read() -> None:
    expr = "(" * 60 + "sum by (region) (x)" + ")" * 60 + " + 1" * 60
    assert grouping(expr) == {"region"}


def test_every_label_of_every_by_is_found_without_parsing() -> None:
    expr = """sum by (zone,"region", `job`) (x) / on (queue) sum BY(  team ) (count without (level) (y))"""
    assert by_labels(expr) == {"zone", "region", "job", "team"}
    assert by_labels("sum(x) / on (zone) y") == set()
