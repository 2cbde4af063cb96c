"""Can the objectives of a unit be watched: alerts that could never fire are no alerts."""

from decimal import ROUND_UP, Decimal
from typing import cast

from varve.language import duration, objective
from varve.language.name import dotted
from varve.model.diagnostic import Report, Rule, Severity
from varve.model.source import Map
from varve.model.unit import Resolved
from varve.resolve.saying import Saying

NEVER_FIRES = Rule(
    "check/objective-never-fires",
    "An objective so low that one of its alerts can never fire",
    "An alert on the burn rate fires when the ratio of errors exceeds its factor times what the objective allows. No "
    "ratio exceeds 1, so with a factor of 14.4 an objective of 93 % or less is never alerted on. Raise the objective, "
    "or watch this with an alert of its own.",
    Severity.WARNING,
)


def check(unit: Resolved, report: Report) -> None:
    """Warn of each objective with a burn-rate alert whose threshold lies at 1 or above."""
    for service, value in cast("dict[str, dict[str, dict[str, Map]]]", unit.value["services"]).items():
        for name, slo in value.get("slos", {}).items():
            _check(unit, ("services", service, "slos", name), slo, report)


def _check(unit: Resolved, keys: tuple[str, ...], slo: Map, report: Report) -> None:
    budget = objective.budget(cast("float", slo["objective"]))
    period = cast("int", duration.milliseconds(cast("str", slo["window"])))
    dead = [burn for burn in objective.burns(period) if not objective.can_fire(burn.factor, budget)]
    if dead:
        message = f"with `{dotted(keys)}` at {slo['objective']} %, {len(dead)} of its alerts can never fire"
        hint = f"raise it above {_lowest(dead[0].factor)} %"
        Saying(unit.stack, report).at((*keys, "objective"), NEVER_FIRES, message, hint=hint)


def _lowest(factor: Decimal) -> Decimal:
    """The objective, in per cent, at which an alert of that burn rate can never fire, and just not above it."""
    return (100 - 100 / factor).quantize(Decimal("0.01"), ROUND_UP)
