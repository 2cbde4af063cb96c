"""Jobs that queries select, and that no service of the tenant has because their names are misspelt."""

import re
from collections.abc import Callable, Collection
from functools import cache, partial
from typing import Final

from varve.emit.kit import Task
from varve.emit.pack import queries
from varve.emit.prometheus.gate import expressions
from varve.language.name import nearest
from varve.language.promql.required import required_values
from varve.model.diagnostic import Place, Rule, Severity
from varve.resolve import notify, vendor
from varve.resolve.history import origin

MISTYPED_JOB = Rule(
    "emit/mistyped-job",
    "Query selects a job whose name is probably misspelt",
    "Every scraped series has the name of its service in the label `job`, and no target can change it. A query for "
    "another job finds nothing that is scraped, so an alert stays silent, and an objective has no events. Series may "
    "come from elsewhere, so only a name that is nearly that of a service is warned about, and one like `a|b`, which "
    "means `a` or `b` only with `=~`.",
    Severity.WARNING,
)

_LABEL: Final = "job"
_MATCHER: Final = re.compile(r"""\bjob["'`]?\s*(=~?)\s*["'`]([^"'`]*)["'`]""")


def check(task: Task) -> None:
    """Warn of misspelt jobs in the unit's expressions, its packs' parameters and its vendors' rules."""
    hint_of = cache(partial(_hint, notify.maps(task.unit.value, "services")))
    for keys, expr in (*expressions(task.unit.value), *queries(task)):
        for name, hint in _misspelt(expr, hint_of).items():
            _report(task, name, hint, origin(task.unit.stack, keys)[0])
    for place, expr in vendor.expressions(task.unit):
        for name, hint in _misspelt(expr, hint_of).items():
            _report(task, name, hint, place)


def _report(task: Task, name: str, hint: str, place: Place) -> None:
    message = f"nothing that is scraped has the job `{name}`: there is no service of this name"
    task.report.add(MISTYPED_JOB, message, place, hint=hint)


def _misspelt(expr: str, hint_of: Callable[[str, tuple[str, ...]], str]) -> dict[str, str]:
    """The misspelt jobs in an expression, each with its hint; if none seems to be, the expression is not parsed."""
    written = ((tuple(text.split("|")) if operator == "=~" else (text,)) for operator, text in _MATCHER.findall(expr))
    if not any(hint_of(name, names) for names in written for name in names):
        return {}
    hints = {name: hint_of(name, names) for names in required_values(expr, _LABEL) for name in names}
    return {name: hint for name, hint in hints.items() if hint}


def _hint(services: Collection[str], name: str, alternatives: tuple[str, ...]) -> str:
    """The hint for the job of no service: the service that was probably meant, or several; else empty."""
    if not name or name in services:
        return ""
    if meant := nearest(name, services):
        return "" if meant in alternatives else f"did you mean `{meant}`?"
    if any(each in services for each in name.split("|")):
        return f'write `job=~"{name}"` for any of several services'
    return ""
