"""What each rule refuses is in tests/bad/dashboards.toml; these tests are about finding panels and queries."""

from typing import Any

import pytest

from varve.check.dashboard.panel import every, queries, unknown

STAT: dict[str, Any] = {"id": 1, "type": "stat", "targets": [{"expr": "up"}]}


def found(**value: Any) -> list[str]:  # noqa: ANN401 - pieces of a dashboard
    return [expr for _, expr in queries({"panels": [], **value})]


def test_panels_in_rows_are_panels() -> None:
    row: dict[str, Any] = {"id": 2, "type": "row", "panels": [STAT]}
    assert [(each.keys, each.parent) for each in every({"panels": [STAT, row]})] == [
        (("panels", 0), ""),
        (("panels", 1), ""),
        (("panels", 1, "panels", 0), "row"),
    ]


def test_queries_are_found_in_panels_annotations_and_variables() -> None:
    variable = {"name": "job", "type": "query", "query": {"query": 'label_values(up{a="b,c"}, job)', "refId": "x"}}
    result = {"name": "top", "type": "query", "query": "query_result(topk(5, up))"}
    note = {"name": "Deploys", "expr": "changes(up[5m])"}
    assert found(panels=[STAT], annotations={"list": [note]}, templating={"list": [variable, result]}) == [
        "up",
        "changes(up[5m])",
        'up{a="b,c"}',
        "topk(5, up)",
    ]


@pytest.mark.parametrize("query", ["label_values(job)", "label_names()", "metrics(node_.*)", None, {"qryType": 1}])
def test_variables_without_promql_have_no_query(query: object) -> None:
    assert found(templating={"list": [{"name": "job", "type": "query", "query": query}]}) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [("-- Dashboard --", []), ("-- Mixed --", ["up"]), ({"type": "prometheus", "uid": "x"}, ["up"])],
)
def test_a_panel_that_reads_other_panels_has_no_prometheus_query(source: object, expected: list[str]) -> None:
    assert found(panels=[{**STAT, "datasource": source}]) == expected


def test_unknown_variables_are_named_once() -> None:
    assert unknown("$a + $b + $a + $__rate_interval", frozenset({"b"})) == ["a"]
