"""Every query of a tenant's own dashboard is scoped to the tenant, wherever it is, or refused there."""

from typing import Any

import pytest

from tests.emit.grafana.repository import FULL, dashboards, raw
from tests.emit.repository import build, findings

OWN = 'tenant="acme"'


def made(**fields: object) -> dict[str, Any]:
    found: dict[str, Any] = dashboards(raw(**fields))["raw/traffic"]
    return found


def panel(expr: str, **more: object) -> dict[str, object]:
    return {"id": 1, "type": "stat", "targets": [{"refId": "A", "expr": expr}], **more}


def variable(query: object, **more: object) -> dict[str, object]:
    return {"name": "job", "type": "query", "query": query, **more}


@pytest.mark.parametrize(
    ("expr", "expected"),
    {
        "a metric": ("up", "up{tenant='acme'}"),
        "an interval": ("rate(x{a='$job'}[$__rate_interval])", "rate(x{tenant='acme',a='$job'}[$__rate_interval])"),
        "a metric by a variable": ("rate($job[5m])", "rate($job{tenant='acme'}[5m])"),
        "a piece of a name": ("node_${job}_total # $job", "node_${job}_total{tenant='acme'} # $job"),
        "the old way of writing": ("x{a=~'[[job:regex]]'} > 1", "x{tenant='acme',a=~'[[job:regex]]'} > 1"),
        "a number": ("x > $limit", "x{tenant='acme'} > $limit"),
        "nothing to keep": ("vector($limit)", "vector($limit)"),
    }.values(),
)
def test_a_query_is_scoped_and_its_variables_stay(expr: str, expected: str) -> None:
    variables = [variable("label_values(up, job)"), {"name": "limit", "type": "custom", "query": "1, few : 2.5,10"}]
    found = made(panels=[panel(expr)], templating={"list": variables})
    assert found["panels"][0]["targets"][0]["expr"].replace(OWN, "tenant='acme'") == expected


def test_targets_of_panels_in_rows_are_scoped() -> None:
    targets = [{"refId": "A", "expr": "x"}, {"refId": "B", "expr": "y"}]
    row = {"id": 2, "type": "row", "panels": [{"id": 3, "type": "stat", "targets": targets}]}
    found = made(panels=[row])["panels"][0]["panels"][0]["targets"]
    assert [each["expr"] for each in found] == [f"x{{{OWN}}}", f"y{{{OWN}}}"]


def test_queries_to_grafana_itself_are_unchanged() -> None:
    mixed = {"datasource": {"type": "datasource", "uid": "-- Mixed --"}}
    inner = panel("x", datasource={"type": "datasource", "uid": "grafana"})
    found = made(panels=[inner, {**panel("y", **mixed), "id": 2}])["panels"]
    assert [each["targets"][0]["expr"] for each in found] == ["x", f"y{{{OWN}}}"]


@pytest.mark.parametrize("source", [None, "", {}], ids=["null", "an empty text", "an empty map"])
def test_a_query_without_a_source_in_a_panel_of_grafana_is_never_sent_to_prometheus(source: object) -> None:
    target = {"refId": "A", "expr": "x", "datasource": source}
    (found,) = made(panels=[panel("", datasource="-- Grafana --") | {"targets": [target]}])["panels"]
    assert found["targets"][0]["datasource"] == found["datasource"] == {"type": "grafana", "uid": "-- Grafana --"}


def test_a_query_with_the_mixed_source_is_scoped_in_any_panel() -> None:
    target = {"refId": "A", "expr": "x", "datasource": "-- Mixed --"}
    (found,) = made(panels=[panel("", datasource="-- Grafana --") | {"targets": [target]}])["panels"]
    assert found["targets"][0]["expr"] == f"x{{{OWN}}}"


def test_an_input_is_filled_in_before_the_query_is_scoped() -> None:
    """A constant may contain more than a name."""
    inputs = [{"name": "WHAT", "type": "constant", "value": "up or down"}]
    found = made(panels=[panel("sum(${WHAT})")], __inputs=inputs)
    assert found["panels"][0]["targets"][0]["expr"] == f"sum(up{{{OWN}}} or down{{{OWN}}})"


def test_annotations_and_their_targets_are_scoped() -> None:
    note = {"name": "N", "expr": "x", "target": {"refId": "A", "expr": "y"}}
    found = made(annotations={"list": [note]})["annotations"]["list"][0]
    assert (found["expr"], found["target"]["expr"]) == (f"x{{{OWN}}}", f"y{{{OWN}}}")


@pytest.mark.parametrize(
    ("query", "expected"),
    {
        "the values of a metric": ("label_values(up, job)", "label_values(up{tenant='acme'}, job)"),
        "the values of a selector": (
            "label_values(up{a='b',c='d'},$x)",
            "label_values(up{tenant='acme',a='b',c='d'},$x)",
        ),
        "the values of all": ("label_values( job )", "label_values( {tenant='acme'}, job )"),
        "a result": ("query_result(topk(5, up))", "query_result(topk(5, up{tenant='acme'}))"),
        "a selector": ("up{job='a'}", "up{tenant='acme',job='a'}"),
        "nothing": ("", ""),
    }.values(),
)
def test_the_query_of_a_variable_is_scoped(query: str, expected: str) -> None:
    listed = {"name": "x", "type": "custom", "query": "job"}
    found = made(templating={"list": [listed, variable(query, definition=query)]})["templating"]["list"][2]
    assert [found[key].replace(OWN, "tenant='acme'") for key in ("query", "definition")] == [expected] * 2


def test_a_variable_has_no_other_query_fields() -> None:
    query = {"query": "label_values(up, job)", "qryType": 1, "refId": "A", "expr": "down", "metric": "down"}
    found = made(templating={"list": [variable(query)]})["templating"]["list"][1]["query"]
    assert found == {"query": f"label_values(up{{{OWN}}}, job)", "qryType": 1, "refId": "A"}


@pytest.mark.parametrize(
    ("fields", "keys"),
    {
        "a panel that queries other tenants": (
            {"panels": [panel("up{tenant='bank'}")]},
            ("panels", 0, "targets", 0, "expr"),
        ),
        "a variable for the tenant": ({"panels": [panel("up{tenant='$__org'}")]}, ("panels", 0, "targets", 0, "expr")),
        "an annotation": ({"annotations": {"list": [{"expr": "info(up)"}]}}, ("annotations", "list", 0, "expr")),
        "a variable": (
            {"templating": {"list": [variable("label_values(up{tenant=~'.*'}, job)")]}},
            ("templating", "list", 0, "query"),
        ),
        "a variable as a map": (
            {"templating": {"list": [variable({"query": "metrics(.*)"})]}},
            ("templating", "list", 0, "query", "query"),
        ),
        "all names of labels": (
            {"templating": {"list": [variable("label_names()")]}},
            ("templating", "list", 0, "query"),
        ),
    }.values(),
)
def test_a_query_that_cannot_be_scoped_is_refused_at_its_place(
    fields: dict[str, object], keys: tuple[str | int, ...]
) -> None:
    (wrong,) = build({**FULL, **raw(**fields)}).diagnostics
    assert (wrong.rule.code, wrong.place and wrong.place.keys) == ("emit/foreign-series", keys)


def test_queries_of_a_packs_dashboard_match_the_tenant() -> None:
    row = "title: T\npanels:\n  - {title: T, description: D, type: stat, unit: none, targets: [{expr: 'up%s'}]}\n"
    template = "templates/packs/host/dashboard.yaml.j2"
    kept = '{tenant="{{ tenant.id }}",instance=~"$instance"}'
    assert findings(build({**FULL, template: row % kept})) == []
    assert [each.rule.code for each in build({**FULL, template: row % ""}).diagnostics] == ["emit/unscoped-template"]
