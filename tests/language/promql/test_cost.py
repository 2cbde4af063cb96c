"""Expensive expressions are found in any notation, and usual expressions have no cost."""

import pytest

from varve.language.promql.cost import NO_COST, Cost, cost

MINUTE = 60_000


@pytest.mark.parametrize(
    "text",
    [
        '{__name__=~".+"}',
        '{__name__=~".*",job="x"}',
        '{__name__=~"(?:.+)"}',
        '{__name__=~".+|up"}',
        '{__name__=~"[a-zA-Z_:][a-zA-Z0-9_:]*"}',
        '{__name__!="up",job="x"}',
        '{__name__!~"up",job="x"}',
        '{job="x"}',
        'up and{job="x"}',
        'sum by (a)({job="x"})',
        'up + ON(a) GROUP_LEFT {job="x"}',
        '# up\n{job="x"}',
        'absent({job="x"})',
        'count by(__name__)({__name__=~".+"})',
    ],
)
def test_a_selector_of_any_name_is_found(text: str) -> None:
    assert cost(text, MINUTE) == Cost(any_metric=True)


@pytest.mark.parametrize(
    "text",
    [
        'rate({job="x"}[5m])',
        'sum(count_over_time({__name__=~".+"}[30d]))',
        'last_over_time(count({job="x"})[1h:1m])',
        'avg_over_time(sum(rate({job="x"}[5m]))[1h:1m])',
    ],
)
def test_a_selector_of_any_name_over_a_range_is_found(text: str) -> None:
    found = cost(text, MINUTE)
    assert found.any_metric
    assert found.any_history


@pytest.mark.parametrize(
    "text",
    [
        "up",
        'up{job="x"}',
        'up {job="x"}',
        '{"http.server.duration", job="x"}',
        '{__name__="up"}',
        '{__name__=~"up|down"}',
        '{__name__=~"node_.+", job="x"}',
        '{__name__=~".+_total"}',
        "rate(http_requests_total[5m])",
        'label_replace(up, "a", "{$1}", "b", "(.*)")',
        "1 + 1",
    ],
)
def test_expressions_that_name_their_metrics_have_no_cost(text: str) -> None:
    assert cost(text, MINUTE) == NO_COST


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("max_over_time(up[1h:1m])", 60),
        ("max_over_time(up[1h:])", 60),
        ("max_over_time(up[1d:1s])", 86_400),
        ("max_over_time(rate(up[5m])[1d:1m])", 1_440),
        ("max_over_time(avg_over_time(up[1h:1m])[1d:1h])", 24 * 60),
        ("max_over_time(up[1h:1m]) + min_over_time(up[2h:1m])", 120),
        ("max_over_time(up[1h:1m] offset 1d) # [1d:1s]", 60),
        ("max_over_time(up[1m:1h])", 2),
        ("up", 1),
        ("rate(up[30d])", 1),
    ],
)
def test_the_points_of_nested_subqueries_multiply(text: str, points: int) -> None:
    assert cost(text, MINUTE).points == points


def test_an_invalid_expression_has_no_cost() -> None:
    assert cost('{job="x"', MINUTE) == NO_COST
