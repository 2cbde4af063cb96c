"""An expression names a label where it queries or writes it, but not where only a text contains the name."""

import pytest

from varve.language.promql.naming import names

NAMING = [
    'up{replica="a"}',
    'rate(up{a="b", replica!~"a.*"}[5m])',
    "sum by (replica) (up)",
    "sum without (job, replica) (up)",
    "a * on (replica) b",
    "a * ignoring (replica) b",
    "a * on (job) group_left (replica) b",
    'label_replace(up, "replica", "$1", "job", "(.*)")',
    'label_replace(up, "job", "$1", "replica", "(.*)")',
    'label_join(up, "job", "-", "instance", "replica")',
    'count_values("replica", up)',
    'sort_by_label(up, "job", "replica")',
    'absent((up{replica="a"}))',
    r'label_replace(up, "rep\x6cica", "$1", "job", "(.*)")',
    r'sum by ("\u0072eplica") (up)',
    r'{"up", "\162eplica"="a"}',
]
OTHERS = [
    "replica",
    'up{role="replica"}',
    'up{replicas="a"}',
    'sum by (replica_set) (up{role="replica"})',
    'label_replace(up, "role", "replica", "job", "replica")',
    'label_join(up, "job", "replica", "instance")',
    "sum(replica) / count(replica)",
    "replica{",
]


@pytest.mark.parametrize("expr", NAMING)
def test_a_label_is_found_in_every_position(expr: str) -> None:
    assert names(expr, "replica")
    assert not names(expr, "cluster")


@pytest.mark.parametrize("expr", OTHERS)
def test_texts_and_metrics_with_the_name_are_not_labels(expr: str) -> None:
    assert not names(expr, "replica")
