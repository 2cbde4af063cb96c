from typing import TYPE_CHECKING, Any, cast

import pytest

from varve.emit.grafana.panel import DATASOURCE, TYPES, panel

if TYPE_CHECKING:
    from varve.model.source import Map


def drawn(**settings: object) -> dict[str, Any]:
    defaults = {"title": "a", "description": "b", "type": "timeseries", "unit": "s", "targets": [{"expr": "up"}]}
    return cast("dict[str, Any]", panel(cast("Map", {**defaults, **settings})))


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_a_panel_and_its_queries_read_from_the_dashboards_variable(type_: str) -> None:
    made = drawn(type=type_)
    assert made["datasource"] == DATASOURCE == made["targets"][0]["datasource"]


def test_limits_are_steps_above_a_base_and_lines_in_a_graph() -> None:
    made = drawn(base="red", thresholds=[{"value": "0.0144", "color": "orange"}, {"value": 1, "color": "green"}])
    assert made["fieldConfig"]["defaults"]["thresholds"]["steps"] == [
        {"color": "red", "value": None},
        {"color": "orange", "value": 0.0144},
        {"color": "green", "value": 1},
    ]
    assert made["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {"mode": "line"}


def test_a_graph_without_limits_draws_none() -> None:
    assert drawn()["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {"mode": "off"}


def test_a_bound_of_zero_is_a_bound() -> None:
    assert drawn(min=0, max=None)["fieldConfig"]["defaults"].get("min") == 0
    assert "max" not in drawn(min=0, max=None)["fieldConfig"]["defaults"]


def test_stacked_series_are_filled() -> None:
    custom = drawn(stack=True)["fieldConfig"]["defaults"]["custom"]
    assert (custom["stacking"]["mode"], custom["fillOpacity"]) == ("normal", 30)


def test_queries_are_counted_by_letters_past_the_alphabet() -> None:
    made = drawn(targets=[{"expr": "up"}] * 28)
    assert [each["refId"] for each in made["targets"]][::9] == ["A", "J", "S", "AB"]


def test_a_table_has_an_instant_query_and_hides_constant_columns() -> None:
    made = drawn(type="table")
    assert (made["targets"][0]["instant"], made["targets"][0]["format"]) == (True, "table")
    assert made["transformations"][0]["options"]["excludeByName"] == {"Time": True, "Value": True}


def test_a_query_without_a_legend_is_named_by_its_labels() -> None:
    assert drawn()["targets"][0]["legendFormat"] == "__auto"
