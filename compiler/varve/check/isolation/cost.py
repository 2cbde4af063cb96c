"""Checks the cost of a tenant's own queries: selectors must name a metric, and subqueries must not be too long."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

from varve.check.dashboard import panel
from varve.language.fault import Fault
from varve.language.grafana import interpolation
from varve.language.grafana.dashboard import filled
from varve.language.promql.cost import Cost, cost
from varve.language.time import duration
from varve.model.diagnostic import Place, Report, Rule, Severity
from varve.model.pack import Pack
from varve.model.source import Keys, Map
from varve.model.unit import Environment, Resolved
from varve.resolve import notify, vendor
from varve.resolve.reporting import ValueReporter

MOST_POINTS: Final = 11_000
"""Prometheus' own limit of points in the result of one query."""

COSTLY_QUERY = Rule(
    "check/costly-query",
    "Query is too expensive",
    "The query runs on a Prometheus that tenants share. A range selector that names no metric loads every sample of "
    f"all its series, and a subquery evaluates its inner expression at every step, here more than {MOST_POINTS:,} "
    "times for one value. Name the metric, use a longer step, or record the inner part.",
)
ANY_METRIC = Rule(
    "check/any-metric",
    "Selector does not name a metric",
    "Prometheus looks series up by metric name first. A selector without one, or with a pattern that matches every "
    "name, reads all series of the tenant that have the labels, each time the rule is evaluated or somebody opens "
    'the dashboard. Name the metric, or a group of metrics with a common prefix: `{__name__=~"node_.+"}`.',
    Severity.WARNING,
)


_QUERY_FORMATS: Final = frozenset({"promql", "promql-selector"})


class _Query(NamedTuple):
    """The cost of a query and its place: keys of the unit, or a place in a copied file."""

    at: Keys | Place
    cost: Cost


def check(unit: Resolved, environment: Environment, packs: Mapping[str, Pack], report: Report) -> None:
    """Report costly queries of a unit: of its alerts, recordings, parameters of packs, vendors' rules and dashboards.

    The counters of objectives are not checked, because they always name their metrics.
    """
    interval = cast("dict[str, str]", environment.platform["prometheus"])["evaluation_interval"]
    step, reporter = duration.milliseconds(interval) or 1, ValueReporter(unit.stack, report)
    for query in (
        *_rule_queries(unit.value, step),
        *_pack_queries(unit.value, packs, step),
        *(_Query(place, cost(expr, step)) for place, expr in vendor.expressions(unit)),
        *_dashboard_queries(unit, step),
    ):
        if query.cost.any_history:
            message = "a range selector does not name a metric"
            _report(query, COSTLY_QUERY, message, "name the metric", reporter)
        elif query.cost.points > MOST_POINTS:
            message = f"a subquery is evaluated {query.cost.points:,} times for one value"
            _report(query, COSTLY_QUERY, message, f"use a step that makes it at most {MOST_POINTS:,}", reporter)
        elif query.cost.any_metric:
            _report(query, ANY_METRIC, "a selector does not name a metric", "name the metric", reporter)


def _report(query: _Query, rule: Rule, message: str, hint: str, reporter: ValueReporter) -> None:
    if isinstance(query.at, Place):
        reporter.report.add(rule, message, query.at, hint=hint)
    else:
        reporter.at(query.at, rule, message, hint=hint)


def _rule_queries(value: Map, step: int) -> Iterator[_Query]:
    for service, settings in notify.maps(value, "services").items():
        for kind in ("alerts", "records"):
            for name, rule in notify.maps(settings, kind).items():
                yield _Query(("services", service, kind, name, "expr"), cost(str(rule["expr"]), step))


def _pack_queries(value: Map, packs: Mapping[str, Pack], step: int) -> Iterator[_Query]:
    """Parameters of packs that are PromQL; the pack is responsible for the expressions around them."""
    for service, settings in notify.maps(value, "services").items():
        for name, parameters in notify.maps(settings, "packs").items():
            properties = notify.maps(packs[name].parameters, "properties") if name in packs else {}
            for parameter, text in parameters.items():
                if isinstance(text, str) and properties.get(parameter, {}).get("format") in _QUERY_FORMATS:
                    yield _Query(("services", service, "packs", name, parameter), cost(text, step))


def _dashboard_queries(unit: Resolved, step: int) -> Iterator[_Query]:
    """The queries of dashboards, with short values for variables; variables' own queries only list values."""
    for document in unit.dashboards.values():
        for keys, text in panel.queries(filled(document.value or {})):
            representative = interpolation.read(text) if keys[0] != "templating" else Fault("")
            if not isinstance(representative, Fault):
                yield _Query(Place(document.path, keys), cost(representative.text, step))
