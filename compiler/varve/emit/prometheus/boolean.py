"""Alerts whose comparison has `bool`, so that it returns 0 for what it should have dropped, and the alert fires."""

from typing import Final

from varve.emit.kit import Task
from varve.emit.prometheus.alert import alerts
from varve.language.promql.boolean import is_unfiltered
from varve.model.diagnostic import Place, Rule, Severity
from varve.model.source import Map

BOOL_COMPARISON = Rule(
    "emit/bool-comparison",
    "Alert fires for any value because of `bool`",
    "Prometheus fires an alert for every series that its expression returns, even if the value is 0. A comparison "
    "drops the series for which it is false, but with `bool` it keeps them with the value 0: `queue_depth > bool 100` "
    "fires for an empty queue too. Leave `bool` out, join conditions with `and` instead of `*`, or compare the result: "
    "`… == 1`. In a recording rule, `bool` is as useful as ever.",
    Severity.WARNING,
)

_MESSAGE: Final = "a comparison with `bool` drops no series: the alert fires for all of them, whatever their values"


def check(task: Task) -> None:
    """Warn of alerts, of the unit and of its vendors, that fire for any value because of `bool`."""
    for alert in alerts(task):
        if is_unfiltered(alert.expr):
            hint = "leave `bool` out, or compare the result: `… == 1`"
            task.report.add(BOOL_COMPARISON, _MESSAGE, alert.place_of((*alert.at, "expr")), hint=hint)


def check_template(task: Task, template: str, rules: list[Map]) -> None:
    """Warn of a template's alerts that do, unless the unit already has errors."""
    names = [str(rule["alert"]) for rule in rules if "alert" in rule and is_unfiltered(str(rule["expr"]))]
    if names and not task.report.broken:
        message = f"`{names[0]}` fires for any value: a comparison with `bool` drops no series"
        hint = "leave `bool` out in the template or in what it is given, or compare the result: `… == 1`"
        task.report.add(BOOL_COMPARISON, message, Place(template), hint=hint)
