"""A dashboard as an HTML page: each panel at its position, with its queries, its unit and its thresholds."""

from html import escape
from typing import Any, Final

_CELL: Final = (60, 34)
_MARGIN: Final = 16
_HEAD: Final = 132
_COLOURS: Final = {"green": "#73bf69", "orange": "#ff9830", "red": "#f2495c"}
_STYLE: Final = """
* {box-sizing: border-box; margin: 0}
body {background: #111217; color: #ccccdc; font: 13px/1.4 "DejaVu Sans", sans-serif; padding: 16px}
h1 {font-size: 22px; font-weight: 500} header p {color: #8e8ea0; margin: 3px 0}
header b {background: #22252b; border-radius: 3px; font-weight: 400; margin-right: 8px; padding: 3px 8px}
main {position: relative} section, h2 {position: absolute; overflow: hidden}
h2 {font-size: 15px; font-weight: 500; padding: 8px 4px}
section {background: #181b1f; border: 1px solid #2c2f35; border-radius: 3px; display: flex; flex-direction: column;
  padding: 7px 10px}
section > div {flex: none} svg {fill: none; flex: 1; margin-top: 6px; min-height: 0; stroke-width: 1.5; width: 100%}
svg path {vector-effect: non-scaling-stroke}
h3 {display: flex; font-size: 13px; font-weight: 600; justify-content: space-between}
h3 i {color: #8e8ea0; font-style: normal; font-weight: 400; padding-left: 12px; white-space: nowrap}
section p {color: #9d9dad; font-size: 11px; margin: 3px 0}
.steps span {border-radius: 9px; color: #111217; display: inline-block; font-size: 11px; margin: 2px 4px 2px 0;
  padding: 0 8px}
code {background: #0f1014; border-radius: 3px; color: #8ab8ff; display: block; font: 10.5px/1.35 "DejaVu Sans Mono";
  margin-top: 4px; padding: 4px 6px; white-space: pre-wrap; word-break: break-word}
code em {color: #8e8ea0; font-style: normal}
"""


def size(dashboard: dict[str, Any]) -> tuple[int, int]:
    """How wide and how high the page is, in pixels."""
    grids = [each["gridPos"] for each in dashboard["panels"]]
    high = max(grid["y"] + grid["h"] for grid in grids)
    return 24 * _CELL[0] + 2 * _MARGIN, high * _CELL[1] + _HEAD + _MARGIN


def page(dashboard: dict[str, Any]) -> str:
    """The page."""
    panels = "".join(_panel(each) for each in dashboard["panels"])
    variables = "".join(_variable(each) for each in dashboard["templating"]["list"])
    links = "".join(f"<b>↗ {escape(each['title'])}</b>" for each in dashboard["links"])
    about = f"{escape(dashboard['description'])}  ·  {dashboard['timezone']}  ·  {' '.join(dashboard['tags'])}"
    head = f"<h1>{escape(dashboard['title'])}</h1><p>{about}</p><p>{variables}{links}</p>"
    style = f"{_STYLE} header {{height: {_HEAD - _MARGIN}px}}"
    whole = f"<meta charset=utf-8><style>{style}</style><header>{head}</header><main>{panels}</main>"
    return f"<!doctype html><html lang=en>{whole}</html>\n"


def _variable(variable: dict[str, Any]) -> str:
    chosen = variable["current"]["text"]
    shown = ", ".join(chosen) if isinstance(chosen, list) else chosen
    return f"<b>{escape(variable['label'])}: {escape(shown)}{' (hidden)' if variable['hide'] else ''}</b>"


def _panel(panel: dict[str, Any]) -> str:
    grid, (wide, high) = panel["gridPos"], _CELL
    gap = 0 if panel["type"] == "row" else 6
    place = f"left:{grid['x'] * wide}px;top:{grid['y'] * high}px;width:{grid['w'] * wide - gap}px"
    place += f";height:{grid['h'] * high - gap}px"
    if panel["type"] == "row":
        return f'<h2 style="{place}">⌄ {escape(panel["title"])}</h2>'
    defaults = panel["fieldConfig"]["defaults"]
    head = f"<h3>{escape(panel['title'])}<i>{panel['type']} · {defaults['unit']}</i></h3>"
    limits = defaults["thresholds"]["steps"]
    steps = "".join(_step(each) for each in limits[limits[1:] == [] :])
    queries = "".join(_target(each) for each in panel["targets"])
    text = f'<div><p>{escape(panel["description"])}</p><div class="steps">{steps}</div>{queries}</div>'
    body = text + (_curve(limits) if panel["type"] == "timeseries" else "")
    return f'<section style="{place}">{head}{body}</section>'


def _curve(limits: list[dict[str, Any]]) -> str:
    """A made-up curve, and lines for the thresholds, in their order but not to scale."""
    heights = [88 - 84 * (index + 1) / len(limits) for index in range(len(limits) - 1)]
    colours = [_COLOURS[each["color"]] for each in limits[1:]]
    lines = "".join(
        f'<path d="M0 {at:.0f}H600" stroke="{colour}" stroke-dasharray="6 4"/>'
        for at, colour in zip(heights, colours, strict=True)
    )
    wave = "M0 88" + "".join(f"q15 {-18 if step % 3 else -34} 30 0" for step in range(20))
    box = 'viewBox="0 0 600 100" preserveAspectRatio="none"'
    return f'<svg {box}><path d="{wave}" stroke="#5794f2"/>{lines}</svg>'


def _step(step: dict[str, Any]) -> str:
    text = "below" if step["value"] is None else f"≥ {step['value']}"
    return f'<span style="background:{_COLOURS[step["color"]]}">{text}</span>'


def _target(target: dict[str, Any]) -> str:
    return f"<code>{escape(' '.join(target['expr'].split()))}  <em>→ {escape(target['legendFormat'])}</em></code>"
