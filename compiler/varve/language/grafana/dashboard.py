"""What dashboards are made of: the panels of every Grafana, and inputs that an exported one asks for in its texts."""

import json
import re
from collections.abc import Mapping
from typing import Final, cast

from varve.model.source import Map, Value

SOURCE: Final = "datasource"
"""The variable of every dashboard that holds the tenant's data source, which answers the inputs for one."""

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
"""The types of panels that every Grafana has and a tenant may use: none fetches from outside."""

_BUILT_IN: Final = frozenset({"__expr__", "grafana"})
"""What an export asks for like for a data source, though every Grafana has it, with a uid that is its kind."""

_INPUT: Final = re.compile(r"\$\{(\w+)\}", re.ASCII)


def filled(value: Map) -> Map:
    """The dashboard with a text for each `${input}` it asks for; only texts differ, so keys lead to the same places.

    What is put in is not filled in again.
    """
    inputs = _inputs(value)
    return cast("Map", _filled(value, inputs)) if inputs else value


def length(value: Map) -> int:
    """How many characters `filled` gives, keys and texts together, without making them."""
    return _length(value, _inputs(value))


def listed(text: str) -> Value:
    """What a variable lists whose values are written as JSON; the text itself where it is none."""
    try:
        return cast("Value", json.loads(text))
    except (ValueError, RecursionError):
        return text


def _inputs(value: Map) -> Mapping[str, str]:
    asked = cast("list[Map]", value.get("__inputs") or [])
    constants = {str(each["name"]): str(each.get("value") or "") for each in asked if each["type"] == "constant"}
    return constants | {str(each["name"]): _source(each.get("pluginId")) for each in asked if each["type"] == SOURCE}


def _source(kind: Value) -> str:
    return kind if isinstance(kind, str) and kind in _BUILT_IN else f"${{{SOURCE}}}"


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
