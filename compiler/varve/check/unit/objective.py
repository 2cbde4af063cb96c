"""Whether the alerts of a unit's objectives can fire."""

from decimal import ROUND_UP, Decimal
from typing import Final, cast

from varve.language import objective, promql
from varve.language.name import dotted
from varve.language.time import duration
from varve.model.diagnostic import Report, Rule, Severity
from varve.model.source import Map
from varve.model.unit import Resolved
from varve.resolve.reporting import ValueReporter

NEVER_FIRES = Rule(
    "check/objective-never-fires",
    "Objective is too low for its alerts",
    "An alert on the burn rate fires when the error ratio exceeds its factor times what the objective allows. No "
    "ratio exceeds 1, so with a factor of 14.4 an objective of 93 % or less never fires. Raise the objective, or use "
    "a separate alert.",
    Severity.WARNING,
)
SAME_AS_TOTAL = Rule(
    "check/same-as-total",
    "Objective counts all events as bad or as good",
    "`errors` counts the bad events, or `good` the good ones, and `total` all of them. If it is the same as `total`, "
    "the alerts fire whenever anything happens, or never. Select the events that are meant, most often with a "
    "matcher on their status.",
)

_HALF: Final = Decimal("0.5")
"""The smallest objective that may be a fraction written in place of a percentage."""


def check(unit: Resolved, report: Report) -> None:
    """Report each objective that selects all events, and warn of those with a burn-rate alert that never fires."""
    for service, value in cast("dict[str, dict[str, dict[str, Map]]]", unit.value["services"]).items():
        for name, slo in value.get("slos", {}).items():
            _check(unit, ("services", service, "slos", name), slo, report)
            _check_events(unit, ("services", service, "slos", name), slo, report)


def _check(unit: Resolved, keys: tuple[str, ...], slo: Map, report: Report) -> None:
    budget = objective.budget(cast("float", slo["objective"]))
    period = cast("int", duration.milliseconds(cast("str", slo["window"])))
    dead = [burn for burn in objective.burns(period) if not objective.can_fire(burn.factor, budget)]
    if dead:
        message = f"with `{dotted(keys)}` at {slo['objective']} %, {len(dead)} of its alerts can never fire"
        share = Decimal(str(slo["objective"]))
        advice = f"write {(share * 100).normalize():f}, which is a percentage, or " if _HALF <= share < 1 else ""
        hint = f"{advice}raise it above {_lowest(dead[0].factor)} %"
        ValueReporter(unit.stack, report).at((*keys, "objective"), NEVER_FIRES, message, hint=hint)


def _check_events(unit: Resolved, keys: tuple[str, ...], slo: Map, report: Report) -> None:
    key = "errors" if "errors" in slo else "good"
    if promql.is_same(str(slo[key]), str(slo["total"])):
        message = f"`{key}` and `total` of `{dotted(keys)}` are the same"
        hint = f"select only the {'bad' if key == 'errors' else 'good'} events"
        ValueReporter(unit.stack, report).at((*keys, key), SAME_AS_TOTAL, message, hint=hint)


def _lowest(factor: Decimal) -> Decimal:
    """The objective, in per cent, above which an alert of that burn rate can fire."""
    return (100 - 100 / factor).quantize(Decimal("0.01"), ROUND_UP)
