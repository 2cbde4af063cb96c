from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from varve.emit.grafana.layout import arrange
from varve.emit.grafana.panel import TYPES
from varve.model.source import Map


def panel(type_: str = "stat", **hints: object) -> Map:
    settings = {"title": "a", "description": "b", "type": type_, "unit": "none", "targets": [], **hints}
    return cast("Map", settings)


def row(*panels: Map) -> Map:
    return {"title": "Row", "panels": list(panels)}


def grids(*rows: Map) -> list[dict[str, int]]:
    return [each["gridPos"] for each in cast("list[dict[str, Any]]", arrange(rows))]


def test_panels_are_side_by_side_while_there_is_room() -> None:
    assert grids(row(panel(width=12, height=8), panel(width=12, height=4), panel(width=6, height=3))) == [
        {"x": 0, "y": 0, "w": 24, "h": 1},
        {"x": 0, "y": 1, "w": 12, "h": 8},
        {"x": 12, "y": 1, "w": 12, "h": 4},
        {"x": 0, "y": 9, "w": 6, "h": 3},
    ]


def test_a_row_begins_below_the_highest_panel_before_it() -> None:
    found = grids(row(panel(height=8), panel(height=4)), row(panel()))
    assert [each["y"] for each in found] == [0, 1, 1, 9, 10]


def test_a_row_without_panels_is_left_out() -> None:
    assert arrange([{}, {"title": "Empty", "panels": []}]) == []


def test_an_invalid_size_is_ignored() -> None:
    assert grids(row(panel(width=0, height="high"), panel(width=99)))[1:] == [
        {"x": 0, "y": 1, "w": 6, "h": 5},
        {"x": 0, "y": 6, "w": 24, "h": 5},
    ]


PANELS = st.builds(
    lambda type_, width, height: panel(type_, width=width, height=height),
    st.sampled_from(sorted(TYPES)),
    st.one_of(st.none(), st.integers(1, 30)),
    st.one_of(st.none(), st.integers(1, 12)),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(PANELS, max_size=6), max_size=4))
def test_no_two_panels_overlap_and_all_stay_on_the_grid(rows: list[list[Map]]) -> None:
    taken: set[tuple[int, int]] = set()
    for grid in grids(*(row(*each) for each in rows)):
        cells = {(grid["x"] + x, grid["y"] + y) for x in range(grid["w"]) for y in range(grid["h"])}
        assert not cells & taken
        assert all(0 <= x < 24 for x, _ in cells)
        taken |= cells
