"""Renders assessments as one self-contained page of HTML, to be read, printed, and handed to an auditor.

What it shows may contain anything, so nothing of it becomes markup: the template escapes every value, and invisible
characters are written as escapes. Browsers are told to load nothing, to run nothing, and to apply no style but the
page's own.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from varve.model.assessment import Assessment, Check, Standing, Verdict
from varve.render import assessment as assessment_text
from varve.render.escape import escape

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATE: Final = "report.html.j2"
_STYLE: Final = re.compile("<style>(.*?)</style>", re.DOTALL)
_MARKS: Final[dict[Verdict, str]] = {
    "failed": "✕",
    "not judged": "?",
    "waived": "!",
    "passed": "✓",
    "not applicable": "○",
}
"""Symbols, so that verdicts can be told apart without colours."""


class Share(NamedTuple):
    """How many controls have a verdict, and where their segment of a bar from 0 to 100 starts and how long it is."""

    verdict: Verdict
    controls: int
    start: float
    length: float


def page(assessment: Assessment) -> str:
    """The whole page."""
    template, style = _template()
    return template.render(assessment=assessment, style=style)


@cache
def _template() -> tuple["Template", str]:
    """The template, and the hash of its style for the Content-Security-Policy, which allows no other style."""
    from jinja2 import Environment, StrictUndefined

    source = (files("varve") / "render" / _TEMPLATE).read_text("utf-8")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "about": assessment_text.about,
        "definition": assessment_text.DEFINITION,
        "verdicts": assessment_text.VERDICTS,
        "where": assessment_text.where,
        "shown": assessment_text.shown,
        "marks": _MARKS,
        "shares": shares,
        "checks": _checks,
        "numbered": _numbered,
        "said": _with_any,
    }
    style = _STYLE.search(source)
    name = b64encode(sha256(style[1].encode() if style else b"").digest()).decode()
    return environment.from_string(source), f"sha256-{name}"


def _visible(value: object) -> object:
    """What the template shows: text with every character visible; markup of the template itself is left as it is."""
    return _escaped(value) if type(value) is str else value


@lru_cache(1 << 12)
def _escaped(text: str) -> str:
    """Cached, because the same texts are repeated for every tenant."""
    return escape(text)


def shares(standing: Standing) -> Iterator[Share]:
    """The shares of the verdicts of a standing's controls, from best to worst, without those that do not occur."""
    verdicts = [each.verdict for each in standing.controls]
    start = 0.0
    for verdict in ("passed", "waived", "not judged", "failed", "not applicable"):
        count = verdicts.count(verdict)
        if count:
            length = 100 * count / len(verdicts)
            yield Share(verdict, count, round(start, 3), round(length, 3))
            start += length


def _checks(standing: Standing) -> dict[str, Check]:
    """The checks of a standing by their ids."""
    return {each.id: each for each in standing.checks}


def _numbered(standing: Standing) -> dict[str, int]:
    """The position of each check, which links use because an id may contain characters that a link must not."""
    return {each.id: position for position, each in enumerate(standing.checks, 1)}


def _with_any(standing: Standing, what: str) -> list[Check]:
    """The checks whose field `what` (failures, exceptions, unjudged) is not empty."""
    return [each for each in standing.checks if getattr(each, what)]
