"""The output of dashboard templates: rows of panels; ids, positions and data sources are added by the compiler."""

from typing import Final

from varve.emit.shape import MapShape
from varve.emit.template.field import Field, FieldTree

_PANEL: Final[FieldTree] = {
    "title": Field.TEXT,
    "description": Field.TEXT,
    "targets": {"*": {"expr": Field.QUERY, "legend": Field.TEXT}},
}

ROW: Final[FieldTree] = {"title": Field.TEXT, "panels": {"*": _PANEL}}

ROWS: Final[FieldTree] = {"rows": {"*": ROW}}

_PANEL_SHAPE: Final = MapShape(
    {
        "title": None,
        "description": None,
        "type": None,
        "unit": None,
        "min": None,
        "max": None,
        "stack": None,
        "base": None,
        "thresholds": [MapShape({"value": None, "color": None}, needs=("value", "color"))],
        "targets": [MapShape({"expr": None, "legend": None}, needs=("expr",))],
        "width": None,
        "height": None,
    },
    needs=("title", "description", "type", "unit", "targets"),
)

ROW_SHAPE: Final = MapShape({"title": None, "panels": [_PANEL_SHAPE]}, needs=("title",))

ROWS_SHAPE: Final = MapShape({"rows": [ROW_SHAPE]}, needs=("rows",))
