"""A dashboard of a tenant: its uid and data source are the tenant's, and every query is bounded to the tenant."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple, cast

from varve.language.cache_key import IdentityKey
from varve.language.fault import quote
from varve.language.grafana.uid import uid
from varve.link.isolation.evidence import Breach, Facts, File, Name, Proof
from varve.link.isolation.expression import foreign_query
from varve.link.isolation.panel import panel_breaches
from varve.link.isolation.shape import MAP, TEXT, TRUTH, Shape, maps, misshapen, under
from varve.link.isolation.variable import breaches, numeric
from varve.model.source import Keys, Map, Value
from varve.resolve.datasource import own, shared

_PANEL: Final[dict[str, Shape]] = {"type": TEXT, "targets": [MAP], "*": None}
_PANEL["panels"] = [_PANEL]
_SHAPE: Final[Shape] = {
    "uid": TEXT,
    "title": TEXT,
    "editable": TRUTH,
    "schemaVersion": TEXT,
    "panels": [_PANEL],
    "templating": {"list": [{"type": TEXT, "name": TEXT, "*": None}], "*": None},
    "annotations": {"list": [MAP], "*": None},
    "links": [MAP],
    **dict.fromkeys(("tags", "time", "timepicker", "timezone", "refresh", "weekStart", "description")),
    **dict.fromkeys(("fiscalYearStartMonth", "graphTooltip", "liveNow", "preload")),
}
_MODELS: Final = range(16, 101)
"""The schema versions that have `panels`; an older one has `rows`, which Grafana would migrate."""

_SOURCE: Final[Map] = {"type": "prometheus", "uid": "${datasource}"}
_GRAFANA_SOURCES: Final = frozenset({"grafana", "datasource", "__expr__", "-100"})
_MIXED: Final = "-- Mixed --"
_QUERY_VARIABLES: Final = frozenset({"query", "adhoc", "groupby"})
_QUERY_FILTERS: Final = frozenset({"adhocfilters", "groupbykeys", "scope", "scopes"})
_REPEAT_KEYS: Final = frozenset({"repeatIteration", "repeatPanelId", "scopedVars"})
_QUERY_KEYS: Final = frozenset({"query", "qryType", "refId"})
_CALL: Final = re.compile(
    r"\s*(?:label_values\((?:(?P<matched>.*),)?\s*[\w$\[\]{}:]+\s*|query_result\((?P<result>.*)|(?:metrics|label_names)\(.*)\)\s*",
    re.DOTALL,
)
_FIXED: Final[Map] = {"hide": 2, "skipUrlSync": True, "multi": False, "includeAll": False, "query": "prometheus"}


class _Query(NamedTuple):
    """A query that Grafana sends to Prometheus, and the keys that lead to it."""

    text: str
    keys: Keys


def prove(file: File, facts: Facts) -> Proof:
    """What is proven of a dashboard, or its breaches."""
    value = file.value
    panel_queries = (
        _sound_queries(IdentityKey(value["panels"]), facts.panels)
        if isinstance(value, dict) and value.get("panels")
        else None
    )
    if panel_queries is None:
        return _prove(file, facts, value, ())
    return _prove(file, facts, {**cast("Map", value), "panels": []}, panel_queries)


# A tenant's environments are proven one after another, and have the same panels.
@lru_cache(maxsize=32)
def _sound_queries(panels: IdentityKey[Value], granted: frozenset[str]) -> tuple[_Query, ...] | None:
    """The queries of panels that have no breach by themselves; None if one has, or may have, a breach."""
    value: Map = {"panels": panels.value}
    if misshapen(value, _SHAPE) or not _has_allowed_sources(value):
        return None
    shown, at = maps(value, "panels"), ("panels",)
    wrong = (*panel_breaches(shown, at, granted), *_missing_sources(value), *_addition_breaches(value))
    return None if wrong else tuple(_queries_of_panels(shown, at))


def _prove(file: File, facts: Facts, parsed: Value, panel_queries: tuple[_Query, ...]) -> Proof:
    """What is proven of a dashboard; `panel_queries` are the queries of the sound panels that were left out of it."""
    if wrong := misshapen(parsed, _SHAPE):
        return Proof(wrong)
    value = cast("Map", parsed or {})
    panels = maps(value, "panels")
    queries = [
        *panel_queries,
        *_queries_of_panels(panels, ("panels",)),
        *_queries_of_annotations(value),
        *_queries_of_variables(value),
    ]
    found = (
        *_identity_breaches(file, facts, value),
        *_model_breaches(value),
        *panel_breaches(panels, ("panels",), facts.panels),
        *(() if _has_allowed_sources(value) else _source_breaches(value, ())),
        *_missing_sources(value),
        *_unbounded_variables(value),
        *_addition_breaches(value),
        *_foreign_queries(queries, file.tenant, numeric(value)),
        *breaches(value, queries, [*_label_texts(value)]),
    )
    return Proof(found, (Name("uid", str(value.get("uid")), ("uid",)),), queries=len(queries))


def _identity_breaches(file: File, facts: Facts, value: Map) -> Iterator[Breach]:
    """What of a dashboard is not this tenant's: a uid that does not follow from its path, or another data source."""
    name, raw = file.steps[-1].removesuffix(".json"), "raw" in file.steps[1:-1]
    named = ("raw", name) if raw else ("tenant",) if name == "_tenant" else ("service", name)
    if value.get("uid") != uid(facts.environment, file.tenant, *named):
        yield Breach("the uid of a dashboard is not its own", ("uid",))
    if value.get("editable") is not False:
        yield Breach("a dashboard can be edited by its viewers", ("editable",))
    every = maps(under(value, "templating"), "list")
    if len([each for each in every if each.get("type") == "datasource"]) != 1:
        yield Breach("a dashboard does not have the one variable that holds its data source", ("templating",))
    for index, each in enumerate(every):
        if each.get("type") == "datasource" and not _is_fixed(each, file, facts):
            yield Breach("a dashboard reads from a data source that is not the tenant's", ("templating", "list", index))


def _model_breaches(value: Map) -> Iterator[Breach]:
    """What Grafana would read differently from this proof: another schema version, and variables with the same name."""
    if value.get("schemaVersion") not in _MODELS:
        yield Breach("a dashboard uses a model that varve does not write", ("schemaVersion",))
    seen: set[str] = set()
    for index, each in enumerate(maps(under(value, "templating"), "list")):
        name = str(each.get("name"))
        if name in seen:
            yield Breach(f"two variables are named {quote(name)}", ("templating", "list", index, "name"))
        seen.add(name)


def _is_fixed(variable: Map, file: File, facts: Facts) -> bool:
    """Whether a variable selects only the tenant's data source, and neither a viewer nor a URL can change it."""
    sources = own(facts.environment, file.tenant), shared(facts.environment)
    allowed = sources[:1] if file.strict else sources
    current, named = variable.get("current"), variable.get("name") == "datasource"
    found = (current.get("value") if isinstance(current, dict) else None, variable.get("regex"))
    is_own = found in [(each.uid, f"/^{each.name}$/") for each in allowed]
    return named and is_own and all(variable.get(key) == fixed for key, fixed in _FIXED.items())


def _has_allowed_sources(value: Map) -> bool:
    """Whether every data source that is set is the tenant's or Grafana's own; this check builds no keys."""
    waiting: list[Value] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if "datasource" in each and not _is_allowed(each["datasource"]):
                return False
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return True


def _is_allowed(source: Value) -> bool:
    return source == _SOURCE or _is_grafana(source)


def _source_breaches(value: Value, at: Keys) -> Iterator[Breach]:
    """The data sources set anywhere that are neither the tenant's nor Grafana's own."""
    match value:
        case dict():
            for key, each in value.items():
                if key == "datasource" and not _is_allowed(each):
                    yield Breach("a dashboard names a data source that is not the tenant's", (*at, key))
                if isinstance(each, dict | list):
                    yield from _source_breaches(each, (*at, key))
        case list():
            for index, each in enumerate(value):
                if isinstance(each, dict | list):
                    yield from _source_breaches(each, (*at, index))


def _is_grafana(source: Value) -> bool:
    """Whether a data source is Grafana's own, which reads no series: Grafana, other panels, mixed ones, expressions."""
    name = source.get("uid") if isinstance(source, dict) else source
    return isinstance(name, str) and (name.startswith("-- ") or name in _GRAFANA_SOURCES)


def _is_queried(panel: Map, target: Map) -> bool:
    """Whether a query of a panel may be sent to a data source with series.

    Grafana uses the data source of a query only in a panel with mixed ones; elsewhere the panel's decides.
    """
    usual = panel.get("datasource")
    return _has_series(target.get("datasource", usual)) or (not _is_mixed(usual) and _has_series(usual))


def _has_series(source: Value) -> bool:
    """Whether a data source may be queried for series; of mixed ones, each query sets its own."""
    return _is_mixed(source) or not _is_grafana(source)


def _is_mixed(source: Value) -> bool:
    return source == _MIXED or (isinstance(source, dict) and source.get("uid") == _MIXED)


def _missing_sources(value: Map) -> Iterator[Breach]:
    """Queries without a data source, for which Grafana would use the organisation's default, whichever that is."""
    for panel, at in _panels(maps(value, "panels"), ("panels",)):
        queries = [] if panel.get("type") == "row" else maps(panel, "targets")
        if queries and "datasource" not in panel:
            yield Breach("a panel does not set its data source", at)
        for index, target in enumerate(queries):
            if "datasource" not in target:
                yield Breach("a query of a panel does not set its data source", (*at, "targets", index))
    for section in ("annotations", "templating"):
        for index, each in enumerate(maps(under(value, section), "list")):
            if "datasource" not in each and (section == "annotations" or each.get("type") in _QUERY_VARIABLES):
                yield Breach(f"a query under `{section}` does not set its data source", (section, "list", index))


def _panels(panels: list[Map], at: Keys) -> Iterator[tuple[Map, Keys]]:
    for index, panel in enumerate(panels):
        yield panel, (*at, index)
        yield from _panels(maps(panel, "panels"), (*at, index, "panels"))


def _queries_of_panels(panels: list[Map], at: Keys) -> Iterator[_Query]:
    for panel, place in _panels(panels, at):
        for index, target in enumerate(maps(panel, "targets")):
            if _is_queried(panel, target):
                yield from _query(target, (*place, "targets", index))


def _query(target: Map, at: Keys) -> Iterator[_Query]:
    expr = target.get("expr")
    if isinstance(expr, str) and expr.strip():
        yield _Query(expr, (*at, "expr"))


def _queries_of_annotations(value: Map) -> Iterator[_Query]:
    for index, each in enumerate(maps(under(value, "annotations"), "list")):
        if _has_series(each.get("datasource")):
            at: Keys = ("annotations", "list", index)
            yield from _query(each, at)
            target = each.get("target")
            yield from _query(target, (*at, "target")) if isinstance(target, dict) else ()


def _queries_of_variables(value: Map) -> Iterator[_Query]:
    """The PromQL that provides the values of variables, without Grafana's function around it."""
    for text, at in _variable_queries(value):
        found = _CALL.fullmatch(text)
        inside = text if found is None else found["matched"] if found["matched"] is not None else found["result"]
        if inside is not None:
            yield _Query(inside, at)


def _variable_queries(value: Map) -> Iterator[tuple[str, Keys]]:
    for index, each in enumerate(maps(under(value, "templating"), "list")):
        query, at = each.get("query"), ("templating", "list", index, "query")
        text = query.get("query") if isinstance(query, dict) else query
        if (
            each.get("type") == "query"
            and _has_series(each.get("datasource"))
            and isinstance(text, str)
            and text.strip()
        ):
            yield text, (*at, "query") if isinstance(query, dict) else at


def _label_texts(value: Map) -> Iterator[str]:
    """What is around the PromQL of query variables: the label whose values are queried."""
    for text, _ in _variable_queries(value):
        found = _CALL.fullmatch(text)
        if found and found["result"] is None:
            yield text[: found.start("matched")] + text[found.end("matched") :] if found["matched"] else text


def _addition_breaches(value: Map) -> Iterator[Breach]:
    """What Grafana adds to a query when it runs: filters set beside it, and the values of a repeated panel.

    Keys of a query are compared without regard to case, because Grafana may read them so.
    """
    for panel, at in _panels(maps(value, "panels"), ("panels",)):
        yield from (
            Breach("a panel sets the values of its variables", (*at, key)) for key in _REPEAT_KEYS & panel.keys()
        )
        for index, target in enumerate(maps(panel, "targets")):
            if _is_queried(panel, target):
                yield from _target_additions(target, (*at, "targets", index))
    for index, each in enumerate(maps(under(value, "annotations"), "list")):
        if _has_series(each.get("datasource")):
            yield from _target_additions(each, ("annotations", "list", index))
            yield from _target_additions(each.get("target"), ("annotations", "list", index, "target"))


def _target_additions(target: Value, at: Keys) -> Iterator[Breach]:
    for key in target if isinstance(target, dict) else ():
        if key.casefold() in _QUERY_FILTERS or (key != "expr" and key.casefold() == "expr"):
            yield Breach(f"{quote(key)} is set beside a query and changes it", (*at, key))


def _unbounded_variables(value: Map) -> Iterator[Breach]:
    """Variables that list the names of everybody's series, or whose query has keys that are not examined."""
    for text, at in _variable_queries(value):
        found = _CALL.fullmatch(text)
        if found and found["matched"] is None and found["result"] is None:
            yield Breach(f"a variable lists everybody's values with {quote(text)}", at)
    for index, each in enumerate(maps(under(value, "templating"), "list")):
        query, queries_series = each.get("query"), each.get("type") == "query" and _has_series(each.get("datasource"))
        if queries_series and isinstance(query, dict) and not query.keys() <= _QUERY_KEYS:
            yield Breach("a variable selects by more than its query", ("templating", "list", index, "query"))


def _foreign_queries(queries: list[_Query], tenant: str, numbers: frozenset[str]) -> Iterator[Breach]:
    for text, at in queries:
        if reason := foreign_query(text, tenant, numbers):
            yield Breach(f"a query of a dashboard {reason}", at)
