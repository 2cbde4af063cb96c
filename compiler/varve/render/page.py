"""Says assessments on one page of HTML that needs nothing else: to be read, printed, and handed to an auditor.

What it shows may hold anything, so nothing of it is markup: templates escape what they are given, and no character is
left that cannot be seen. Browsers are told to load nothing, to run nothing, and to take no style but the page's own.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from varve.model.assessment import Assessment, Check, Standing, Verdict
from varve.render import assessment as saying
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
"""So that nobody needs to tell colours apart."""


class Share(NamedTuple):
    """How many controls have a verdict, and the piece of a bar of 100 that they make."""

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
    """The template, and the name by which browsers know its style: no other is taken."""
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
        "about": saying.about,
        "definition": saying.DEFINITION,
        "verdicts": saying.VERDICTS,
        "where": saying.where,
        "shown": saying.shown,
        "marks": _MARKS,
        "shares": shares,
        "checks": _checks,
        "numbered": _numbered,
        "said": _said,
    }
    style = _STYLE.search(source)
    name = b64encode(sha256(style[1].encode() if style else b"").digest()).decode()
    return environment.from_string(source), f"sha256-{name}"


def _visible(value: object) -> object:
    """What a template shows: of text, every character can be seen; markup of the template itself is left as it is."""
    return _escaped(value) if type(value) is str else value


@lru_cache(1 << 12)
def _escaped(text: str) -> str:
    """The same words stand with every tenant."""
    return escape(text)


def shares(standing: Standing) -> Iterator[Share]:
    """The verdicts of a standing's controls, from the best to the worst, those that there are."""
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
    """The position of each check, by which links find it: ids may hold what no link may."""
    return {each.id: position for position, each in enumerate(standing.checks, 1)}


def _said(standing: Standing, what: str) -> list[Check]:
    """The checks that have any failures, exceptions, or reasons why they say nothing."""
    return [each for each in standing.checks if getattr(each, what)]
