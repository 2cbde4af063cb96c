"""Whether the hours of a unit are valid, and used by a route."""

from collections.abc import Iterator

from varve.language.time import hours
from varve.model.diagnostic import Report, Rule, Severity
from varve.model.source import Keys, Map
from varve.model.unit import Resolved
from varve.resolve import notify
from varve.resolve.reporting import ValueReporter

BAD_HOURS = Rule(
    "check/bad-hours",
    "Hours are contradictory",
    "Hours begin at `from` and end just before `to`; if the end is earlier, they go past midnight, into the day "
    "after each of `days`. Such a night belongs to two dates, so it cannot be limited to days of the month, months "
    "or years. For the whole day, set neither `from` nor `to`.",
)
UNUSED_HOURS = Rule(
    "check/unused-hours",
    "Hours are not used by any route",
    "Hours have an effect only if a route names them, in `hours` or in `mute`. Name them in a route, or remove them.",
    Severity.WARNING,
)


def check(unit: Resolved, report: Report) -> None:
    """Report hours, and quiet hours of users, that are invalid, and hours that no route uses."""
    reporter, notifications = ValueReporter(unit.stack, report), notify.notify(unit.value)
    for keys, each in every(unit.value):
        if fault := hours.fault(each):
            key, hint = _correction(each)
            at = (*keys, key) if key else keys
            message = f"`{keys[-1]}` are not valid hours: {fault}"
            reporter.at(at, BAD_HOURS, message, hint=hint, on="value" if key else "key")
    routes = notify.maps(notifications, "routes").values()
    used = {name for route in routes for key in ("hours", "mute") for name in notify.listed(route, key)}
    for name in notify.maps(notifications, "hours"):
        if name not in used:
            hint = "name them in a route, or remove them"
            reporter.at(
                ("notify", "hours", name), UNUSED_HOURS, f"no route names the hours `{name}`", hint=hint, on="key"
            )


def _correction(definition: Map) -> tuple[str, str]:
    """The key to correct in hours with a fault, empty if all keys are missing, and how to correct it."""
    if not definition.keys() - {"timezone"}:
        return "", "set `days`, or `from` and `to`"
    start, end = str(definition.get("from", "00:00")), definition.get("to")
    if start == "24:00":
        return "from", "begin at `00:00` of the next day"
    if start == end:
        return "to", "leave both out for the whole day"
    return "to", "end at `24:00`, and define the morning as separate hours"


def every(value: Map) -> Iterator[tuple[Keys, Map]]:
    """The hours of a unit and the quiet hours of its users, with their keys."""
    for name, each in notify.maps(notify.notify(value), "hours").items():
        yield ("notify", "hours", name), each
    for user, person in notify.maps(value, "users").items():
        for name, each in notify.maps(person, "quiet").items():
            yield ("users", user, "quiet", name), each
