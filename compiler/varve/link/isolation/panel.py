"""The panels of a dashboard: of granted types, nested in rows only, and without HTML, requests or library panels."""

from collections.abc import Iterator
from typing import Final, cast

from varve.language.fault import quote
from varve.language.grafana.dashboard import PANELS
from varve.link.isolation.evidence import Breach
from varve.link.isolation.shape import maps
from varve.model.source import Keys, Map, Value

_ROW: Final = "row"
_REQUESTS: Final = frozenset({"api", "fetch", "infinity"})
_CHECKED_APART: Final = frozenset({"panels", "targets"})
_GRAFANA_SOURCES: Final = frozenset({"grafana", "-- Grafana --"})
_HARMLESS: Final = frozenset({"", "randomWalk", "snapshot", "timeRegions"})


def panel_breaches(panels: list[Map], at: Keys, granted: frozenset[str], parent: str = "") -> Iterator[Breach]:
    """The breaches of panels, which are of the right shape.

    `granted` are the types that the platform grants in addition to Grafana's own.
    """
    for index, each in enumerate(panels):
        keys, kind = (*at, index), str(each.get("type"))
        if kind not in PANELS | granted:
            yield Breach(f"a panel is of the type {quote(kind)}, which the platform does not grant", (*keys, "type"))
        if parent and (parent != _ROW or kind == _ROW):
            yield Breach("a panel is nested in something that is not a row", keys)
        yield from _panel(each, keys)
        yield from panel_breaches(maps(each, "panels"), (*keys, "panels"), granted, kind)


def _panel(panel: Map, at: Keys) -> Iterator[Breach]:
    if "libraryPanel" in panel:
        yield Breach("a panel is a library panel", (*at, "libraryPanel"))
    if panel.get("alert"):
        yield Breach("a panel defines its own alert", (*at, "alert"))
    for index, target in enumerate(maps(panel, "targets")):
        sources = (target.get("datasource"), panel.get("datasource"))
        if str(target.get("queryType") or "") not in _HARMLESS and any(map(_is_grafana, sources)):
            yield Breach(
                "a query reads more from Grafana itself than its own data", (*at, "targets", index, "queryType")
            )
    # The panels of a row, and queries, are checked by themselves.
    rest: Map = {key: each for key, each in panel.items() if key not in _CHECKED_APART}
    yield from () if _is_static(rest) else _active_parts(rest, at)


def _is_grafana(source: Value) -> bool:
    names = (source.get("type"), source.get("uid")) if isinstance(source, dict) else (source,)
    return not _GRAFANA_SOURCES.isdisjoint(map(str, names))


def _is_static(value: Map) -> bool:
    """Whether nothing in it contains HTML or sends a request; checked first, since it builds no keys."""
    waiting: list[Value] = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if not _REQUESTS.isdisjoint(part) or ("mode" in part and _is_html(part["mode"])):
                return False
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return True


def _is_html(mode: Value) -> bool:
    return isinstance(mode, str) and mode.strip().casefold() == "html"


def _active_parts(value: Map, at: Keys) -> Iterator[Breach]:
    """What a browser would run or send: HTML texts, and buttons that send a request."""
    waiting: list[tuple[Value, Keys]] = [(value, at)]
    while waiting:
        part, keys = waiting.pop()
        for key, each in part.items() if isinstance(part, dict) else enumerate(cast("list[Value]", part)):
            if isinstance(each, dict | list):
                waiting.append((each, (*keys, key)))
            if key == "mode" and _is_html(each):
                yield Breach("a panel contains HTML", (*keys, key))
            if key in _REQUESTS and isinstance(each, dict) and (each.get("endpoint") or each.get("url")):
                yield Breach("a button of a panel sends a request", (*keys, key))
