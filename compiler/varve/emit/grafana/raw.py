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
    said = cast("Map", _with_own_sources(scoped(task, document.path, kept)))
    made = frame(task, ("raw", name))
    tags = [*cast("list[str]", said.get("tags") or []), *cast("list[str]", made["tags"])]
    return {
        **said,
        **made,
        "tags": cast("list[Value]", list(dict.fromkeys(tags))),
        "annotations": {"list": [_with_source(each) for each in _list(said, "annotations")]},
        "templating": {"list": [*_list(made, "templating"), *_variables(said)]},
        "panels": [_panel(each) for each in cast("list[Map]", said["panels"])],
        "refresh": said.get("refresh") or "",
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


def _source(said: Value) -> Value:
    if not is_built_in(said):
        return DATASOURCE
    kind, uid = reference(said)
    usual = "grafana" if kind == "datasource" else kind
    return {"type": kind or ("grafana" if uid == "-- Grafana --" else "datasource"), "uid": uid or usual}


def _list(value: Map, key: str) -> list[Map]:
    return cast("dict[str, list[Map]]", value.get(key) or {}).get("list") or []


def _with_source(value: Map) -> Map:
    """With the tenant's data source if none is set, since that would be the organisation's default."""
    return {"datasource": DATASOURCE, **value}


def _variables(said: Map) -> list[Map]:
    rest = (each for each in _list(said, "templating") if each["type"] != "datasource")
    return [_with_source(each) if each["type"] in _OWN_SOURCE else each for each in rest]


def _panel(value: Map) -> Map:
    inside: Map = {"panels": [_panel(each) for each in cast("list[Map]", value["panels"])]} if "panels" in value else {}
    kept = {key: each for key, each in value.items() if key not in _REPEATED}
    if value["type"] == "row":
        return {key: each for key, each in kept.items() if key not in _NOT_IN_ROWS} | inside
    said = value.get("datasource", DATASOURCE)
    usual = said if is_built_in(said) and not is_mixed(said) else DATASOURCE
    targets: list[Value] = [{"datasource": usual, **each} for each in cast("list[Map]", value.get("targets") or [])]
    return {"datasource": DATASOURCE, **kept, **({"targets": targets} if targets else {}), **inside}
