"""A tenant's own dashboard in one canonical form for all of Grafana's exports, with the tenant's data source."""

from typing import Final, cast

from varve.emit.grafana.frame import frame
from varve.emit.grafana.panel import DATASOURCE
from varve.emit.grafana.scope import scoped
from varve.emit.kit import Task
from varve.language.grafana.dashboard import filled
from varve.model.source import Document, Map, Value
from varve.resolve.datasource import is_built_in, is_mixed, reference

_KEPT: Final = frozenset(
    {
        "annotations",
        "description",
        "fiscalYearStartMonth",
        "graphTooltip",
        "links",
        "liveNow",
        "panels",
        "preload",
        "refresh",
        "schemaVersion",
        "tags",
        "templating",
        "time",
        "timepicker",
        "timezone",
        "title",
        "weekStart",
    }
)
_OWN_SOURCE: Final = frozenset({"query", "adhoc", "groupby"})
_NOT_IN_ROWS: Final = frozenset({"datasource", "targets"})
_REPEATED: Final = frozenset({"repeatIteration", "repeatPanelId", "scopedVars"})
"""What Grafana adds to the copies of a repeated panel, including the values of variables there."""


def canonical_form(task: Task, name: str, document: Document) -> Map:
    """The dashboard `name` as the tenant's own, without what a Grafana instance added to it.

    Reports the queries that cannot be scoped to the tenant.
    """
    kept = {key: each for key, each in filled(document.value or {}).items() if key in _KEPT}
    dashboard = cast("Map", _with_own_sources(scoped(task, document.path, kept)))
    fixed = frame(task, ("raw", name))
    tags = [*cast("list[str]", dashboard.get("tags") or []), *cast("list[str]", fixed["tags"])]
    return {
        **dashboard,
        **fixed,
        "tags": cast("list[Value]", list(dict.fromkeys(tags))),
        "annotations": {"list": [_with_source(each) for each in _list(dashboard, "annotations")]},
        "templating": {"list": [*_list(fixed, "templating"), *_variables(dashboard)]},
        "panels": [_panel(each) for each in cast("list[Map]", dashboard["panels"])],
        "refresh": dashboard.get("refresh") or "",
    }


def _with_own_sources(value: Value) -> Value:
    """The value with every data source reference in full, and to the tenant's own."""
    match value:
        case dict():
            return {
                key: _source(each) if key == "datasource" else _with_own_sources(each) for key, each in value.items()
            }
        case list():
            return [_with_own_sources(each) for each in value]
    return value


def _source(source: Value) -> Value:
    if not is_built_in(source):
        return DATASOURCE
    kind, uid = reference(source)
    default_uid = "grafana" if kind == "datasource" else kind
    return {"type": kind or ("grafana" if uid == "-- Grafana --" else "datasource"), "uid": uid or default_uid}


def _list(value: Map, key: str) -> list[Map]:
    return cast("dict[str, list[Map]]", value.get(key) or {}).get("list") or []


def _with_source(value: Map) -> Map:
    """With the tenant's data source if none is set, since that would be the organisation's default."""
    return {"datasource": DATASOURCE, **value}


def _variables(dashboard: Map) -> list[Map]:
    variables = (each for each in _list(dashboard, "templating") if each["type"] != "datasource")
    return [_with_source(each) if each["type"] in _OWN_SOURCE else each for each in variables]


def _panel(value: Map) -> Map:
    inner: Map = {"panels": [_panel(each) for each in cast("list[Map]", value["panels"])]} if "panels" in value else {}
    kept = {key: each for key, each in value.items() if key not in _REPEATED}
    if value["type"] == "row":
        return {key: each for key, each in kept.items() if key not in _NOT_IN_ROWS} | inner
    source = value.get("datasource", DATASOURCE)
    default = source if is_built_in(source) and not is_mixed(source) else DATASOURCE
    targets: list[Value] = [{"datasource": default, **each} for each in cast("list[Map]", value.get("targets") or [])]
    return {"datasource": DATASOURCE, **kept, **({"targets": targets} if targets else {}), **inner}
