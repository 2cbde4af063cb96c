"""Renders rows as a plain, aligned table."""

from collections.abc import Sequence

from varve.render.escape import escape
from varve.render.width import width

_GAP = "  "


def table(rows: Sequence[Sequence[str]]) -> str:
    """`rows` of equal length, one a line, every column as wide as its widest cell."""
    shown = [[escape(cell) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*shown, strict=True)]
    return "".join(_line(row, widths) for row in shown)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True))
    return _GAP.join(cells).rstrip() + "\n"
