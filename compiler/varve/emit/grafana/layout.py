"""The positions of panels, in rows of 24 columns filled from the left, and the ids by which links find them."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import count
from typing import Final, NamedTuple, cast

from varve.emit.grafana.panel import panel
from varve.language.cache_key import IdentityKey
from varve.model.source import Map, Value

_COLUMNS: Final = 24
_DEFAULT_SIZES: Final[Mapping[str, tuple[int, int]]] = {
    "stat": (6, 5),
    "gauge": (6, 5),
    "bargauge": (12, 8),
    "table": (12, 8),
    "timeseries": (12, 8),
}


class _Place(NamedTuple):
    x: int
    y: int
    width: int
    height: int

    @property
    def grid(self) -> Map:
        return {"x": self.x, "y": self.y, "w": self.width, "h": self.height}


def arrange(rows: Iterable[Map]) -> list[Value]:
    """The panels of the rows, one below the other, each row under its title; a row without panels is left out.

    The result must not be changed: it is cached for the same rows.
    """
    return _arranged(tuple(IdentityKey(row) for row in rows))


@lru_cache(maxsize=32)
def _arranged(rows: tuple[IdentityKey[Map], ...]) -> list[Value]:
    arranged: list[Value] = []
    ids, top = count(1), 0
    for row in (each.value for each in rows):
        panels = cast("list[Map]", row.get("panels") or [])
        if not panels:
            continue
        head: Map = {"type": "row", "title": row["title"], "collapsed": False, "panels": []}
        arranged.append({**head, "id": next(ids), "gridPos": _Place(0, top, _COLUMNS, 1).grid})
        places = _flow(panels, top + 1)
        for each, place in zip(panels, places, strict=True):
            arranged.append({**panel(each), "id": next(ids), "gridPos": place.grid})
        top = max(place.y + place.height for place in places)
    return arranged


def _flow(panels: list[Map], top: int) -> list[_Place]:
    """A position for each panel: next to the one before while there is room, then below the highest of the line."""
    places: list[_Place] = []
    x, y, line_height = 0, top, 0
    for each in panels:
        width, height = _size(each)
        if x + width > _COLUMNS:
            x, y, line_height = 0, y + line_height, 0
        places.append(_Place(x, y, width, height))
        x, line_height = x + width, max(line_height, height)
    return places


def _size(settings: Map) -> tuple[int, int]:
    width, height = _DEFAULT_SIZES[cast("str", settings["type"])]
    return min(_COLUMNS, _positive(settings, "width", width)), _positive(settings, "height", height)


def _positive(settings: Map, key: str, default: int) -> int:
    value = settings.get(key)
    return value if type(value) is int and value > 0 else default
