"""Every query that a tenant writes is checked at its place; those of packs are not."""

import json

import pytest

from tests.emit.grafana.repository import raw
from tests.emit.repository import CHECKOUT, Changed, build, findings, pack

HISTORY = 'count_over_time({job="x"}[5m])'
SUBQUERY = "max_over_time(up[30d:1s])"
BROAD = 'count({job="x"})'


def with_query(expr: str) -> dict[str, Changed]:
    """The same query at every place where a tenant can write one."""
    quoted = json.dumps(expr)
    return {
        "an alert": {CHECKOUT: f"alerts: {{A: {{expr: {quoted}, severity: info, summary: a}}}}\n"},
        "a recording": {CHECKOUT: f"records: {{'a:b': {{expr: {quoted}}}}}\n"},
        "a vendor's rule": {
            "tenants/acme/rules/vendor.yaml": f"groups: [{{name: g, rules: [{{alert: A, expr: {quoted}}}]}}]\n"
        },
        "a parameter of a pack": {
            **pack(
                "rules: [{record: 'a:b', expr: '{{ pack.of }}'}]\n", properties="{of: {type: string, format: promql}}"
            ),
            CHECKOUT: f"packs: {{mine: {{of: {quoted}}}}}\n",
        },
        "a panel": raw(panels=[{"id": 1, "type": "stat", "title": "A", "targets": [{"refId": "A", "expr": expr}]}]),
    }


@pytest.mark.parametrize("where", with_query(HISTORY))
def test_a_costly_query_is_refused_at_every_place(where: str) -> None:
    for expr in (HISTORY, SUBQUERY):
        assert {each.partition(":")[0] for each in findings(build(with_query(expr)[where]))} == {"check/costly-query"}


@pytest.mark.parametrize("where", with_query(BROAD))
def test_a_selector_without_a_metric_name_is_warned_of(where: str) -> None:
    assert {each.partition(":")[0] for each in findings(build(with_query(BROAD)[where]))} == {"check/any-metric"}


@pytest.mark.parametrize("where", with_query("up"))
def test_a_selector_with_a_metric_name_is_valid(where: str) -> None:
    assert findings(build(with_query('max_over_time(count(up{job="x"})[7d:1m])')[where])) == []


def test_the_query_of_a_variable_need_not_name_a_metric() -> None:
    variable = {"name": "job", "type": "query", "query": 'label_values({instance="a"}, job)'}
    assert findings(build(raw(templating={"list": [variable]}))) == []
