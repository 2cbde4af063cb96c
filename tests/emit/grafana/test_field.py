from varve.emit.grafana.field import ROW, ROW_SHAPE, ROWS, ROWS_SHAPE
from varve.emit.template.field import Field, below


def test_the_queries_of_a_panel_are_promql_with_variables() -> None:
    target = below(below(below(below(ROW, "panels"), "0"), "targets"), "0")
    assert below(target, "expr") is Field.QUERY
    assert below(target, "legend") is Field.TEXT


def test_rows_are_all_of_one_shape() -> None:
    assert below(below(ROWS, "rows"), "0") is ROW
    assert ROWS_SHAPE.entries["rows"] == [ROW_SHAPE]
