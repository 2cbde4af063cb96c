"""Dashboards whose variables have values that fit, and others whose values could extend a query."""

import json
from functools import cache
from typing import Any, Final

from tests.emit.grafana.repository import FULL
from tests.emit.repository import task
from varve.emit.grafana.raw import canonical_form
from varve.emit.kit import Task
from varve.model.diagnostic import Diagnostic, Report
from varve.model.source import Document, Map
from varve.model.unit import Unit

PATH: Final = "tenants/acme/dashboards/traffic.json"


@cache
def _task() -> Task:
    return task(FULL, Unit("acme", "production"))


def made(fields: dict[str, Any]) -> tuple[Map, list[Diagnostic]]:
    """The dashboard as it is emitted, and what is reported about it."""
    fresh = _task()._replace(report=Report())
    value = json.loads(json.dumps({"title": "Traffic", "schemaVersion": 39, "panels": [], **fields}))
    return canonical_form(fresh, "traffic", Document(PATH, value)), [*fresh.report]


HOSTILE: Final = "up) or sum(b"


def custom(query: object, **more: object) -> dict[str, Any]:
    return {"name": "x", "type": "custom", "query": query, **more}


def query_variable(**more: object) -> dict[str, Any]:
    return {"name": "x", "type": "query", "query": "label_values(up, job)", **more}


def drawn(expr: str, *variables: dict[str, Any], **more: object) -> dict[str, Any]:
    target = {"refId": "A", "expr": expr}
    panel = {"id": 1, "type": "stat", "targets": [target]}
    return {"panels": [panel], "templating": {"list": [*variables]}, **more}


TAKEN: Final[dict[str, dict[str, Any]]] = {
    "a name": drawn("sum($x)", custom("up,node_load1 : down")),
    "a label beside a value": drawn("topk($x, up)", custom("few (of them) : 5, many :\t50")),
    "numbers": drawn("quantile($x, up)", custom("0.5,0.9,0.99", current={"text": "p50", "value": "0.5"})),
    "the current number": drawn("up > $x", custom("1,2", current={"text": 1, "value": 1})),
    "durations": drawn(
        "rate(up[$x])",
        {"name": "x", "type": "interval", "query": "1m,5m,1d", "current": {"value": "$__auto_interval_x"}},
    ),
    "a time of Grafana's": drawn("rate(up[$x])", custom("$__rate_interval,5m")),
    "a unit behind a number": drawn("rate(up[${x}m])", custom("1,5")),
    "a prefix": drawn("${x}load1", {"name": "x", "type": "constant", "query": "node_"}),
    "everything, in a string": drawn('up{job=~"$x"}', query_variable(includeAll=True, allValue=".*", multi=True)),
    "several values, in a string": drawn(
        'up{job=~"${x:regex}"}', custom("a|b,[^/]+,a\\,b", multi=True, current={"value": ["$__all"]})
    ),
    "a sign that is escaped, in a string": drawn('up{job=~"$x"}', custom("a\\\\.b$")),
    "a text": drawn('up{job=~"$x"}', {"name": "x", "type": "textbox", "query": "caisse n° 1 (Zürich)"}),
    "names of labels": drawn("sum by (${x:csv}) (up)", custom("job,instance", multi=True)),
    "names of labels at once": drawn("sum by ($x) (up)", custom("job\\, instance : both")),
    "what the variable's expression holds": drawn(
        "rate($x[5m])", query_variable(regex="/^(node_[a-z]+|up|[A-Za-z0-9_:]+)$/")
    ),
    "one group of digits": drawn(
        "rate(up[${x}s])", query_variable(regex="/.* ([0-9\\.]+)[^a]/", current={"value": "300"})
    ),
    "what is used in no query": drawn("up", custom(HOSTILE)),
    "filters": drawn(
        "up", {"name": "x", "type": "adhoc", "filters": [{"key": "job", "operator": "=~", "value": "a.*|b"}]}
    ),
    "a switch": drawn('up{job=~"$x"}', {"name": "x", "type": "switch", "enabledValue": "a", "disabledValue": ".*"}),
    "values in JSON": drawn(
        'up{job="${x}",a="${x.b}"}', custom('[{"text": "A", "value": "a", "b": "c"}]', valuesFormat="json")
    ),
    "a comment": drawn("up # $x", custom(HOSTILE)),
    "the title": drawn('up{a="$__dashboard"}', title="Traffic (all)"),
    "a date": drawn('up{a="${__from:date:YYYY-MM}"} > ${__from:date:seconds}'),
}
X: Final = ("templating", "list", 0)
QUERY: Final = (*X, "query")
CURRENT: Final = (*X, "current", "value")
EXPR: Final = ("panels", 0, "targets", 0, "expr")
PASTED: Final = "sum($x)"
QUOTED: Final = 'up{a="$x"}'
BROKEN: Final = '"} or up{b="'
REFUSED: Final[dict[str, tuple[dict[str, Any], tuple[object, ...]]]] = {
    "one of a list": (drawn(PASTED, custom(f"up,{HOSTILE}")), QUERY),
    "a value behind a label": (drawn(PASTED, custom(f"up : {HOSTILE}")), QUERY),
    "a label that is no label to Grafana": (drawn(PASTED, custom(f"{HOSTILE} : ")), QUERY),
    "a label that is pasted": (drawn('up{a="${x:text}"}', custom(f"{BROKEN} : up")), QUERY),
    "a constant": (drawn(PASTED, {"name": "x", "type": "constant", "query": HOSTILE}), QUERY),
    "a textbox": (drawn(PASTED, {"name": "x", "type": "textbox", "query": HOSTILE}), QUERY),
    "an interval": (drawn("rate(up[$x])", {"name": "x", "type": "interval", "query": "5m] or b[5m"}), QUERY),
    "the current value": (drawn(PASTED, custom("up", current={"value": HOSTILE})), CURRENT),
    "one of the current values": (
        drawn(PASTED, custom("up", current={"value": ["up", HOSTILE]}, multi=True)),
        (*CURRENT, 1),
    ),
    "an option": (drawn(PASTED, custom("up", options=[{"value": HOSTILE}])), (*X, "options", 0, "value")),
    "all of them": (drawn(PASTED, custom("up", includeAll=True, allValue=HOSTILE)), (*X, "allValue")),
    "the current value of a query variable": (drawn(PASTED, query_variable(current={"value": HOSTILE})), CURRENT),
    "a static option of a query variable": (
        drawn(PASTED, query_variable(staticOptions=[{"value": HOSTILE}])),
        (*X, "staticOptions", 0, "value"),
    ),
    "a key that is not known": (drawn(PASTED, custom("up", later=HOSTILE)), (*X, "later")),
    "a switch that is on": (
        drawn(PASTED, {"name": "x", "type": "switch", "enabledValue": HOSTILE}),
        (*X, "enabledValue"),
    ),
    "a value in JSON": (drawn(PASTED, custom(f'[{{"value": "{HOSTILE}"}}]', valuesFormat="json")), QUERY),
    "a name for a number": (drawn("up > $x", custom("1", current={"value": "up"})), CURRENT),
    "a name for a duration": (
        drawn("$__interval + up", {**custom("1m"), "name": "__interval", "current": {"value": "b"}}),
        CURRENT,
    ),
    "a quote in a string": (drawn(QUOTED, custom(BROKEN)), QUERY),
    "a backslash at an end": (drawn('up{a="$x",b=" or up{"}', custom("\\")), QUERY),
    "a backslash beside what Grafana takes away": (drawn(QUOTED, custom("a\\\u00a0:\u00a0b")), QUERY),
    "another variable": (drawn(QUOTED, custom("${y}"), {**custom(BROKEN), "name": "y"}), QUERY),
    "another variable, as of old": (drawn(QUOTED, custom("[[y]]"), {**custom(BROKEN), "name": "y"}), QUERY),
    "a line that ends a comment": (drawn("up # $x", custom("a\n or b")), QUERY),
    "several values": (drawn("sum(${x:csv})", custom("up,b", multi=True)), EXPR),
    "several labels": (drawn("sum(${x:text})", custom("up,b", includeAll=True)), EXPR),
    "several values of one": (drawn(PASTED, custom("up,b", current={"value": ["up", "b"]})), EXPR),
    "a format in quotes": (drawn('up{a="${x:doublequote}"}', custom("} or up{a=")), EXPR),
    "a format that joins": (drawn("sum(${x:join:b})", custom("a", multi=True)), EXPR),
    "a field": (drawn("sum(${x.a})", custom("up")), EXPR),
    "an expression that holds nothing": (drawn(PASTED, query_variable(regex="/(.*)/")), (*X, "regex")),
    "an expression for the label": (drawn(PASTED, query_variable(regex="/^a$/", regexApplyTo="text")), (*X, "regex")),
    "names of labels": (drawn("sum by ($x) (up)", custom("job) (b) or sum by (job")), QUERY),
    "the label of a query for values": (
        drawn("up", custom("job) or"), {**query_variable(), "name": "y", "query": "label_values(up, $x)"}),
        QUERY,
    ),
    "the title": (drawn('up{a="$__dashboard"}', title=BROKEN), ("title",)),
    "the timezone": (drawn('up{a="$__timezone"}', timezone=BROKEN), ("timezone",)),
    "the title for a name": (drawn("sum($__dashboard)", title="up"), EXPR),
    "a date of any text": (drawn("up > ${__from:date:up}"), EXPR),
    "filters in a string": (drawn(QUOTED, {"name": "x", "type": "adhoc"}), EXPR),
    "the value of a filter": (
        drawn("up", {"name": "x", "type": "adhoc", "filters": [{"key": "a", "operator": "=", "value": BROKEN}]}),
        (*X, "filters", 0, "value"),
    ),
    "the tenant of a filter": (
        drawn("up", {"name": "x", "type": "adhoc", "baseFilters": [{"key": "tenant", "operator": "=", "value": "b"}]}),
        (*X, "baseFilters", 0, "key"),
    ),
    "the operator of a filter": (
        drawn("up", {"name": "x", "type": "adhoc", "filters": [{"key": "a", "operator": '="b"} or up{a='}]}),
        (*X, "filters", 0, "operator"),
    ),
    "what is grouped by": (
        drawn("up", {"name": "x", "type": "groupby", "current": {"value": ["a) (b"]}}),
        (*CURRENT, 0),
    ),
}
