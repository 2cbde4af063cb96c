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
from varve.resolve import notify
from varve.resolve.reporting import Saying

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


_QUERIES: Final = frozenset({"promql", "promql-selector"})


class _Asked(NamedTuple):
    """The cost of a query and its place: keys of the unit, or a place in a copied file."""

    at: Keys | Place
    cost: Cost


def check(unit: Resolved, environment: Environment, packs: Mapping[str, Pack], report: Report) -> None:
    """Report costly queries of a unit: of its alerts, recordings, parameters of packs, vendors' rules and dashboards.

    The counters of objectives are not checked, because they always name their metrics.
    """
    usual = cast("dict[str, str]", environment.platform["prometheus"])["evaluation_interval"]
    step, say = duration.milliseconds(usual) or 1, Saying(unit.stack, report)
    for asked in (
        *_own(unit.value, step),
        *_given(unit.value, packs, step),
        *_vendors(unit, step),
        *_viewed(unit, step),
    ):
        if asked.cost.any_history:
            message = "a range selector does not name a metric"
            _say(asked, COSTLY_QUERY, message, "name the metric", say)
        elif asked.cost.points > MOST_POINTS:
            message = f"a subquery is evaluated {asked.cost.points:,} times for one value"
            _say(asked, COSTLY_QUERY, message, f"use a step that makes it at most {MOST_POINTS:,}", say)
        elif asked.cost.any_metric:
            _say(asked, ANY_METRIC, "a selector does not name a metric", "name the metric", say)


def _say(asked: _Asked, rule: Rule, message: str, hint: str, say: Saying) -> None:
    if isinstance(asked.at, Place):
        say.report.say(rule, message, asked.at, hint=hint)
    else:
        say.at(asked.at, rule, message, hint=hint)


def _own(value: Map, step: int) -> Iterator[_Asked]:
    for service, said in notify.maps(value, "services").items():
        for kind in ("alerts", "records"):
            for name, rule in notify.maps(said, kind).items():
                yield _Asked(("services", service, kind, name, "expr"), cost(str(rule["expr"]), step))


def _given(value: Map, packs: Mapping[str, Pack], step: int) -> Iterator[_Asked]:
    """Parameters of packs that are PromQL; the pack is responsible for the expressions around them."""
    for service, said in notify.maps(value, "services").items():
        for name, given in notify.maps(said, "packs").items():
            asked = notify.maps(packs[name].parameters, "properties") if name in packs else {}
            for parameter, text in given.items():
                if isinstance(text, str) and asked.get(parameter, {}).get("format") in _QUERIES:
                    yield _Asked(("services", service, "packs", name, parameter), cost(text, step))


def _vendors(unit: Resolved, step: int) -> Iterator[_Asked]:
    for document in unit.vendor.values():
        for number, group in enumerate(cast("list[dict[str, list[Map]]]", (document.value or {})["groups"])):
            for index, rule in enumerate(group["rules"]):
                place = Place(document.path, ("groups", number, "rules", index, "expr"))
                yield _Asked(place, cost(str(rule["expr"]), step))


def _viewed(unit: Resolved, step: int) -> Iterator[_Asked]:
    """The queries of dashboards, with short values for variables; variables' own queries only list values."""
    for document in unit.dashboards.values():
        for keys, text in panel.queries(filled(document.value or {})):
            read = interpolation.read(text) if keys[0] != "templating" else Fault("")
            if not isinstance(read, Fault):
                yield _Asked(Place(document.path, keys), cost(read.text, step))
