"""What templates of dashboards give: rows of panels, without ids, places and data sources, which the compiler adds."""

from typing import Final

from varve.emit.shape import Holding
from varve.emit.template.field import Field, FieldTree

_PANEL: Final[FieldTree] = {
    "title": Field.TEXT,
    "description": Field.TEXT,
    "targets": {"*": {"expr": Field.QUERY, "legend": Field.TEXT}},
}

ROW: Final[FieldTree] = {"title": Field.TEXT, "panels": {"*": _PANEL}}

ROWS: Final[FieldTree] = {"rows": {"*": ROW}}

_PANEL_SHAPE: Final = Holding(
    {
        "title": None,
        "description": None,
        "type": None,
        "unit": None,
        "min": None,
        "max": None,
        "stack": None,
        "base": None,
        "thresholds": [Holding({"value": None, "color": None}, needs=("value", "color"))],
        "targets": [Holding({"expr": None, "legend": None}, needs=("expr",))],
        "width": None,
        "height": None,
    },
    needs=("title", "description", "type", "unit", "targets"),
)

ROW_SHAPE: Final = Holding({"title": None, "panels": [_PANEL_SHAPE]}, needs=("title",))

ROWS_SHAPE: Final = Holding({"rows": [ROW_SHAPE]}, needs=("rows",))
