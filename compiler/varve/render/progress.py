"""Renders how far a compile has come, on one line, and what it took, on a few."""

from typing import Final

from varve.model.progress import Spent, Status
from varve.render.escape import escape

_GRAPH: Final = 20
_WIDE: Final = 60
"""From this many columns on there is room for a graph."""
_GAP: Final = "  "
_MIB: Final = 2**20


def line(now: Status, width: int) -> str:
    """One line in ASCII of at most `width` columns; what does not fit is left out, the least important first."""
    pieces = [*([_graph(now.done / now.units)] if now.units and width >= _WIDE else []), *_pieces(now)]
    while len(pieces) > 1 and len(_GAP.join(pieces)) > width:
        pieces.pop()
    return _GAP.join(pieces)[:width]


def _pieces(now: Status) -> list[str]:
    if not now.units:
        return [now.stage]
    pieces = [f"{now.done}/{now.units} units", f"{100 * now.done // now.units:3d} %"]
    if now.done and now.seconds:
        rate = now.done / now.seconds
        pieces += [f"{rate:.{0 if rate >= 10 else 1}f}/s", _time_left((now.units - now.done) / rate)]  # noqa: PLR2004
    return [*pieces, now.stage, *([escape(" ".join(now.unit))] if now.unit else [])]


def _time_left(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d} left"


def _graph(share: float) -> str:
    full = int(share * _GRAPH)
    return f"[{'#' * full}{'.' * (_GRAPH - full)}]"


def spent(figures: Spent) -> str:
    """What a command took: units, memory, and the stages, the longest first."""
    rate = figures.units / figures.seconds if figures.seconds else 0
    compiled, share = figures.units - figures.remembered, figures.remembered / (figures.units or 1)
    units = f"{figures.units:,} in {figures.seconds:.2f} s, {rate:,.1f} a second"
    hits = f"{compiled:,} compiled, {figures.remembered:,} remembered ({share:.1%})"
    rows = [("units", f"{units}: {hits}"), ("memory", f"{figures.memory / _MIB:,.0f} MiB at most")]
    for stage, seconds in sorted(figures.stages.items(), key=lambda each: -each[1]):
        rows.append((stage, f"{seconds:9.3f} s {seconds / (figures.seconds or 1):6.1%}"))
    wide = max(len(name) for name, _ in rows)
    return "".join(f"{name:<{wide}}  {figure}\n" for name, figure in rows)
