"""A label is impossible only where no series of the result can have it."""

import pytest

from varve.language.promql.present import possible

WITHOUT_QUEUE = [
    "sum(x) > 1",
    "sum by (zone) (x) > 1",
    "sum by (queue) (sum by (zone) (x))",
    "sum by (queue) (sum(x)) > 0",
    "sum without (queue) (x)",
    "topk(1, sum by (zone) (x))",
    'count_values("version", x)',
    "max_over_time(sum by (zone) (x)[5m:1m])",
    "absent(x)",
    'absent(x{queue!="a", zone="b"})',
    'absent(sum(x{queue="a"}))',
    'absent_over_time(x{queue=~"a"}[5m])',
    "vector(1)",
    "1",
    "time() - sum(x) > 60",
    "scalar(x) * sum(y)",
    "x / on (zone) y",
    "x / ignoring (queue) y",
    "x > sum by (zone) (y)",
    "sum by (zone) (x) * on (zone) group_left (team) y",
    "x * on (zone) group_left (queue) sum by (zone) (y)",
    "sum by (zone) (x) and x",
    "sum by (zone) (x) unless x",
    "sum(x) or vector(0)",
    'label_replace(sum(x), "zone", "$1", "job", "(.*)")',
]
WITH_QUEUE = [
    "x > 1",
    "sum by (queue) (x) > 1",
    'sum by ("queue") (x)',
    "-(sum by (queue, zone) (rate(x[5m])))",
    "sum without (zone) (x)",
    "topk by (zone) (1, x)",
    "quantile by (queue) (0.9, x)",
    'count_values("queue", x)',
    'count_values by (zone) (("queue"), x)',
    "max_over_time(sum by (queue) (x)[5m:1m])",
    'absent(x{queue="a"})',
    'absent_over_time((x{queue="a"})[5m:1m]) or absent((x{queue="a"}))',
    "time() - sum by (queue) (x) > 60",
    "x / on (queue) y",
    "x / ignoring (zone) y",
    "sum by (queue) (x) * on (zone) group_left (team) y",
    "sum by (zone) (x) * on (zone) group_left (queue) y",
    "y * on (zone) group_right (queue) sum by (zone) (x)",
    "sum(x) + fill (0) sum by (queue) (y)",
    "x and sum(y)",
    "sum(x) or y",
    'label_replace(sum(x), "queue", "$1", "zone", "(.*)")',
    'label_replace(sum(x), ("queue"), "$1", "zone", "(.*)")',
    'label_join(sum(x), "queue", "-", "zone")',
    "info(sum(x))",
    "histogram_quantile(0.9, sum by (le, queue) (rate(x_bucket[5m])))",
    "sum by (zone (x)",
]
LABELS = frozenset({"queue"})


@pytest.mark.parametrize("expr", WITHOUT_QUEUE)
def test_a_label_that_no_result_has_is_impossible(expr: str) -> None:
    assert possible(expr, LABELS) == frozenset()


@pytest.mark.parametrize("expr", WITH_QUEUE)
def test_a_label_that_a_result_may_have_is_possible(expr: str) -> None:
    assert possible(expr, LABELS) == LABELS


def test_only_the_given_labels_are_answered_for() -> None:
    assert possible("sum by (queue, zone) (x)", frozenset({"zone", "job"})) == {"zone"}


def test_absence_has_the_label_by_which_the_selector_will_be_scoped() -> None:
    assert possible("absent(x)", frozenset({"tenant"})) == {"tenant"}
    assert possible("sum(x)", frozenset({"tenant"})) == frozenset()


def test_the_name_of_the_metric_is_never_impossible() -> None:
    assert possible("sum(x)", frozenset({"__name__"})) == {"__name__"}
