"""Renders diagnostics for people: for each a message, a frame and a hint, and a line that counts them."""

from collections import Counter
from collections.abc import Sequence

from varve.model.diagnostic import Severity
from varve.model.situated import Situated
from varve.render.escape import escape
from varve.render.frame import Paint, Style, frame

_COLOURS: dict[Style, str] = {
    Severity.ERROR: "1;31",
    Severity.WARNING: "1;33",
    Severity.NOTE: "1;36",
    "frame": "34",
    "strong": "1",
}
_GUTTER = 10
_NARROWEST = 20


def text(situated: Sequence[Situated], *, colour: bool = False, width: int = 120) -> str:
    """All of `situated` as frames for a terminal of `width` columns, with a summary at the end; empty for none."""
    if not situated:
        return ""
    paint = _painted if colour else _plain
    frames = [_framed(each, paint, max(_NARROWEST, width - _GUTTER)) for each in situated]
    return "\n".join([*frames, _summary(situated, paint)])


def count(situated: Sequence[Situated]) -> str:
    """How many there are of each severity, as in `2 errors, 1 warning`."""
    numbers = Counter(each.diagnostic.rule.severity for each in situated)
    parts = ((severity.value, numbers[severity]) for severity in Severity if numbers[severity])
    return ", ".join(f"{number} {word}{'s' if number > 1 else ''}" for word, number in parts)


def _framed(situated: Situated, paint: Paint, room: int) -> str:
    diagnostic = situated.diagnostic
    severity = diagnostic.rule.severity
    head = paint(f"{severity.value}[{escape(diagnostic.rule.code)}]", severity)
    message = paint(f": {escape(diagnostic.message)}", "strong")
    return "\n".join([head + message, *frame(situated, paint, room)]) + "\n"


def _summary(situated: Sequence[Situated], paint: Paint) -> str:
    severities = list(Severity)
    worst = min((each.diagnostic.rule for each in situated), key=lambda rule: severities.index(rule.severity))
    which = f"the first {worst.severity.value}" if len(situated) > 1 else "it"
    return f"{paint(count(situated), 'strong')}; `varve rule {escape(worst.code)}` explains {which}\n"


def _plain(wording: str, _style: Style) -> str:
    return wording


def _painted(wording: str, style: Style) -> str:
    return f"\x1b[{_COLOURS[style]}m{wording}\x1b[0m"
