"""Dashboards: the panel types of every Grafana, and the inputs that an exported dashboard refers to."""

import json
import re
from collections.abc import Mapping
from typing import Final, cast

from varve.model.source import Map, Value

SOURCE: Final = "datasource"
"""The variable of every dashboard whose value is the tenant's data source; it replaces the inputs for data sources."""

PANELS: Final = frozenset(
    {
        "alertlist",
        "annolist",
        "barchart",
        "bargauge",
        "candlestick",
        "canvas",
        "dashlist",
        "flamegraph",
        "gauge",
        "geomap",
        "graph",
        "heatmap",
        "histogram",
        "logs",
        "nodeGraph",
        "piechart",
        "row",
        "singlestat",
        "stat",
        "state-timeline",
        "status-history",
        "table",
        "table-old",
        "text",
        "timeseries",
        "traces",
        "trend",
        "xychart",
    }
)
"""The types of panels that every Grafana has and a tenant may use: none fetches anything from other hosts."""

_BUILT_IN_SOURCES: Final = frozenset({"__expr__", "grafana"})
"""The data sources that every Grafana has, but an export lists among its inputs; their uid is their type."""

_INPUT: Final = re.compile(r"\$\{(\w+)\}", re.ASCII)


def filled(value: Map) -> Map:
    """The dashboard with the value of each `${input}`; only texts change, so all keys stay valid.

    Inserted values are not expanded again.
    """
    inputs = _inputs(value)
    return cast("Map", _filled(value, inputs)) if inputs else value


def length(value: Map) -> int:
    """The number of characters in the keys and texts of the result of `filled`, without computing it."""
    return _length(value, _inputs(value))


def listed(text: str) -> Value:
    """The values of a variable that are written as JSON; the text itself if it is not JSON."""
    try:
        return cast("Value", json.loads(text))
    except (ValueError, RecursionError):
        return text


def _inputs(value: Map) -> Mapping[str, str]:
    inputs = cast("list[Map]", value.get("__inputs") or [])
    constants = {str(each["name"]): str(each.get("value") or "") for each in inputs if each["type"] == "constant"}
    return constants | {str(each["name"]): _source(each.get("pluginId")) for each in inputs if each["type"] == SOURCE}


def _source(kind: Value) -> str:
    return kind if isinstance(kind, str) and kind in _BUILT_IN_SOURCES else f"${{{SOURCE}}}"


def _filled(value: Value, inputs: Mapping[str, str]) -> Value:
    match value:
        case str():
            return _INPUT.sub(lambda found: inputs.get(found[1], found[0]), value)
        case dict():
            return {key: _filled(each, inputs) for key, each in value.items()}
        case list():
            return [_filled(each, inputs) for each in value]
    return value


def _length(value: Value, inputs: Mapping[str, str]) -> int:
    match value:
        case str():
            grown = (len(inputs.get(found[1], found[0])) - len(found[0]) for found in _INPUT.finditer(value))
            return len(value) + sum(grown)
        case dict():
            return sum(len(key) + _length(each, inputs) for key, each in value.items())
        case list():
            return sum(_length(each, inputs) for each in value)
    return 0
