"""Checks that a route of the tenant takes every alert."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from varve.language.matcher import write
from varve.language.name import listed
from varve.link.reachability.alert import Alert
from varve.link.reachability.outcome import Outcome
from varve.link.reachability.reach import Reach, place
from varve.model.diagnostic import Note, Place, Rule, Severity
from varve.resolve import notify

UNHEARD_ALERT = Rule(
    "link/unheard-alert",
    "Alert matches no route of the tenant",
    "Alerts that no route takes go to the platform, which can seldom do anything about them. Add a route for the "
    "alert's severity, or one that matches it in another way; a route with `match: []` and a high `order` takes what "
    "is left. A tenant without any route leaves all of its alerts to the platform, and is not warned.",
    Severity.WARNING,
)

_MAX_NOTES: Final = 3


def check(reach: Reach) -> None:
    """Report, at the place of each in the sources, the alerts that only the platform would be notified of.

    For a tenant without routes, even with escalations, that is intended.
    """
    if not any(keys[1] == "routes" for keys in reach.routes):
        return
    found: defaultdict[Place, list[Alert]] = defaultdict(list)
    for each in reach.outcomes:
        if _reaches_only_platform(each) and not _may_match_route(each.alert, reach):
            found[place(reach.unit, each.alert)].append(each.alert)
    notes = tuple(_notes(reach)) if found else ()
    for at, alerts in found.items():
        names = {each.name for each in alerts}
        message = (
            f"no route takes {listed(names)}, so only the platform is notified of {'it' if len(names) == 1 else 'them'}"
        )
        reach.report.add(UNHEARD_ALERT, message, at, *notes, hint=_hint(alerts, reach))


def _reaches_only_platform(outcome: Outcome) -> bool:
    """Whether the alert reaches only the platform, whatever values its open labels have."""
    return bool(outcome.ends) and all(end.receiver == notify.PLATFORM for ends in outcome.ends for end in ends)


def _may_match_route(alert: Alert, reach: Reach) -> bool:
    return any(alert.may_match(leaves[0].matchers) for leaves in reach.routes.values())


def _notes(reach: Reach) -> Iterator[Note]:
    """Notes with the matchers of the first routes, and how many more there are."""
    routes = {keys: leaves[0] for keys, leaves in reach.routes.items() if keys[1] == "routes"}
    for keys, leaf in list(routes.items())[:_MAX_NOTES]:
        matchers = ", ".join(write(each) for each in leaf.matchers if each != notify.ORIGINAL)
        yield Note(f"`{keys[-1]}` takes `{matchers}`", reach.place(keys))
    more = len(routes) - _MAX_NOTES
    if more > 0:
        yield Note(f"{more} more {'routes do' if more > 1 else 'route does'} not take it either")


def _hint(alerts: list[Alert], reach: Reach) -> str:
    severities = {each.labels.get("severity", "") for each in alerts}
    lacking = [f"`notify.routes.{each}`" for each in notify.SEVERITIES if each in severities and not _has(each, reach)]
    if severities == {""}:
        return "set a `severity` in the rule, or add a route that matches it"
    return f"set {' and '.join(lacking)}, or let another route match it" if lacking else "add a route that matches it"


def _has(severity: str, reach: Reach) -> bool:
    return severity in notify.maps(notify.notify(reach.unit.value), "routes")
