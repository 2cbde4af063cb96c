"""Panels as Grafana draws them, from what templates say about them."""

from collections.abc import Mapping
from typing import Final, cast

from varve.model.source import Map, Value

DATASOURCE: Final[Map] = {"type": "prometheus", "uid": "${datasource}"}
"""The data source of everything: the dashboard's own variable, so that a dashboard names no other one."""

_LAST: Final[Map] = {"calcs": ["lastNotNull"], "fields": "", "values": False}

_OPTIONS: Final[Mapping[str, Map]] = {
    "timeseries": {
        "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "stat": {
        "colorMode": "value",
        "graphMode": "area",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": _LAST,
        "textMode": "auto",
    },
    "gauge": {
        "orientation": "auto",
        "reduceOptions": _LAST,
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
    },
    "bargauge": {
        "displayMode": "basic",
        "orientation": "horizontal",
        "reduceOptions": _LAST,
        "showUnfilled": True,
        "valueMode": "color",
    },
    "table": {"cellHeight": "sm", "showHeader": True},
}

TYPES: Final = frozenset(_OPTIONS)
"""The panel types that templates may use."""

_INSTANT: Final = frozenset({"bargauge", "table"})
_BOUNDS: Final = ("min", "max")


def panel(settings: Map) -> Map:
    """The panel that a template describes, of one of the `TYPES`, without its id and its position."""
    type_ = cast("str", settings["type"])
    targets = cast("list[Map]", settings["targets"] or [])
    table: Map = {"transformations": [_COLUMNS]} if type_ == "table" else {}
    return {
        "type": type_,
        "title": settings["title"],
        "description": settings["description"],
        "datasource": DATASOURCE,
        "targets": [_target(index, each, type_) for index, each in enumerate(targets)],
        "fieldConfig": {"defaults": _defaults(settings, type_), "overrides": []},
        "options": _OPTIONS[type_],
        **table,
    }


_COLUMNS: Final[Map] = {
    "id": "organize",
    "options": {"excludeByName": {"Time": True, "Value": True}, "indexByName": {}, "renameByName": {}},
}


def _target(index: int, target: Map, type_: str) -> Map:
    is_instant = type_ in _INSTANT
    return {
        "refId": _letters(index),
        "datasource": DATASOURCE,
        "editorMode": "code",
        "expr": target["expr"],
        "format": "table" if type_ == "table" else "time_series",
        "instant": is_instant,
        "range": not is_instant,
        "legendFormat": target.get("legend") or "__auto",
    }


def _letters(index: int) -> str:
    """The names of queries as Grafana counts them: A to Z, then AA."""
    rest, letter = divmod(index, 26)
    return (_letters(rest - 1) if rest else "") + chr(ord("A") + letter)


def _defaults(settings: Map, type_: str) -> Map:
    thresholds = cast("list[Map]", settings.get("thresholds") or [])
    steps: list[Value] = [{"color": settings.get("base") or "green", "value": None}]
    steps += [{"color": each["color"], "value": _number(each["value"])} for each in thresholds]
    custom: Map = {"custom": _line_style(settings, is_limited=bool(thresholds))} if type_ == "timeseries" else {}
    return {
        "unit": settings["unit"],
        "color": {"mode": "palette-classic" if type_ == "timeseries" else "thresholds"},
        "thresholds": {"mode": "absolute", "steps": steps},
        **{bound: _number(settings[bound]) for bound in _BOUNDS if settings.get(bound) is not None},
        **custom,
    }


def _line_style(settings: Map, *, is_limited: bool) -> Map:
    return {
        "drawStyle": "line",
        "fillOpacity": 30 if settings.get("stack") else 10,
        "lineWidth": 1,
        "showPoints": "never",
        "stacking": {"group": "A", "mode": "normal" if settings.get("stack") else "none"},
        "thresholdsStyle": {"mode": "line" if is_limited else "off"},
    }


def _number(value: Value) -> Value:
    """A number, which may be given as text."""
    return float(value) if isinstance(value, str) else value
