"""Whether every route is valid: receivers and hours that exist, matchers that select alerts, an unambiguous order."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import combinations
from typing import Final

from varve.language import matcher
from varve.language.name import nearest
from varve.model.diagnostic import Note, Report, Rule
from varve.model.source import Keys, Map
from varve.model.unit import Resolved
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.reporting import ValueReporter

UNKNOWN_RECEIVER = Rule(
    "check/unknown-receiver",
    "Unknown receiver",
    "Receivers are defined under `notify.receivers`, and routes and escalations name them. Alertmanager refuses a "
    "whole configuration for one unknown name.",
)
UNKNOWN_HOURS = Rule(
    "check/unknown-hours",
    "Unknown hours",
    "Hours are defined under `notify.hours`, and routes name them in `hours` and `mute`. Alertmanager refuses a "
    "whole configuration for one unknown name.",
)
ROUTE_WITHOUT_MATCH = Rule(
    "check/route-without-match",
    "Route does not select alerts",
    "A route is named after a severity, `critical`, `warning` or `info`, and selects the alerts of that severity; or "
    "it selects alerts with `match`, and may have any name.",
)
WRITTEN_MATCHER = Rule(
    "check/written-matcher",
    "Route matches a reserved label",
    "Every route is below a node that matches its own tenant: it cannot receive another tenant's alerts, and need "
    "not match the tenant itself. Escalations have their own routes, before all others. Remove the matcher.",
)
ROUTE_MATCHES_NOTHING = Rule(
    "check/route-matches-nothing",
    "Route cannot match any alert",
    "An alert must satisfy all matchers of a route. These exclude each other, so its receivers would never be "
    'notified. To match any of several values, write one matcher: `service=~"ledger|cards"`.',
)
OVERLAPPING_ROUTES = Rule(
    "check/overlapping-routes",
    "Routes with the same order can match the same alert",
    "An alert goes to the first route that matches it, and to later ones only if that one sets `continue`. `order` "
    "decides which one is first, the lower before the higher; names do not matter. Give one of them another order, "
    "let the first continue, or match different alerts.",
)
LONG_MATCH = Rule(
    "check/long-match",
    "Route has too many or too long matchers",
    "Every alert is compared with the matchers of every route, and every route with every other one. Match a label "
    "that the services have in common, which can be set under `labels` of a service, instead of listing thousands of "
    "values.",
)

_LONGEST: Final = 4096
_MOST: Final = 40
_disjoint: Final = lru_cache(maxsize=1024)(matcher.disjoint)  # tenants have nearly the same routes
_RESERVED: Final = {
    "tenant": "every route already matches its own tenant",
    notify.ESCALATION: "escalations have their own routes",
}


def check(unit: Resolved, report: Report) -> None:
    """Report each route that Alertmanager would refuse, that notifies nobody, or whose order is ambiguous."""
    reporter, notifications = ValueReporter(unit.stack, report), notify.notify(unit.value)
    routes = notify.maps(notifications, "routes")
    for name, route in routes.items():
        if _check_length(name, route, reporter):
            _check_match(name, route, reporter)
        _check_hours(name, route, notifications, reporter)
    for keys, names in _receivers(unit.value):
        _check_names(keys, names, notify.maps(notifications, "receivers"), reporter)
    if not report.broken:
        _check_order(routes, reporter)


def _receivers(value: Map) -> Iterator[tuple[Keys, list[str]]]:
    for name, route in notify.maps(notify.notify(value), "routes").items():
        yield ("notify", "routes", name, "receivers"), notify.texts(route, "receivers")
    for index, each in enumerate(notify.escalations(value)):
        yield ("notify", "escalation", index, "receivers"), notify.texts(each, "receivers")


def _check_names(keys: Keys, names: Iterable[str], known: Collection[str], reporter: ValueReporter) -> None:
    for index, name in enumerate(names):
        if name not in known:
            meant = nearest(name, known)
            choices = f"name one of {', '.join(sorted(known))}" if known else "define it under `notify.receivers`"
            hint = f"did you mean `{meant}`?" if meant else choices
            reporter.at((*keys, index), UNKNOWN_RECEIVER, f"there is no receiver `{name}`", hint=hint)


def _check_hours(name: str, route: Map, notifications: Map, reporter: ValueReporter) -> None:
    known = list(notify.maps(notifications, "hours"))
    for key in ("hours", "mute"):
        at: Keys = ("notify", "routes", name, key)
        for index, each in enumerate(notify.texts(route, key)):
            if each not in known:
                meant = nearest(each, known)
                hint = f"did you mean `{meant}`?" if meant else "define them under `notify.hours`"
                keys = at if isinstance(route[key], str) else (*at, index)
                reporter.at(keys, UNKNOWN_HOURS, f"there are no hours named `{each}`", hint=hint)


def _check_match(name: str, route: Map, reporter: ValueReporter) -> None:
    at: Keys = ("notify", "routes", name)
    if "match" not in route:
        if name not in notify.SEVERITIES:
            meant = nearest(name, notify.SEVERITIES)
            hint = f"did you mean `{meant}`?" if meant else "set `match`, or name it `critical`, `warning` or `info`"
            reporter.at(at, ROUTE_WITHOUT_MATCH, f"`{name}` is not a severity and has no `match`", hint=hint, on="key")
        return
    matchers = notify.matchers(name, route)
    for label in dict.fromkeys(each.name for each in matchers if each.name in _RESERVED):
        message = f"a route cannot match `{label}`, because {_RESERVED[label]}"
        reporter.at((*at, "match"), WRITTEN_MATCHER, message, hint="remove the matcher")
    if matcher.disjoint(matchers, ()):
        reporter.at((*at, "match"), ROUTE_MATCHES_NOTHING, f"no alert can match `{name}`", hint="remove a matcher")


def _check_length(name: str, route: Map, reporter: ValueReporter) -> bool:
    """Whether the matchers of a route are few and short enough to be analysed; if not, this is reported."""
    length, number = sum(map(len, notify.texts(route, "match"))), len(notify.matchers(name, route))
    if length <= _LONGEST and number <= _MOST:
        return True
    excess = f"matchers of {length} characters" if length > _LONGEST else f"{number} matchers"
    hint = f"keep to {_LONGEST} characters and {_MOST} matchers: match a label that these alerts have in common"
    reporter.at(("notify", "routes", name, "match"), LONG_MATCH, f"`{name}` has {excess}", hint=hint)
    return False


def _check_order(routes: dict[str, Map], reporter: ValueReporter) -> None:
    """Report pairs of routes with the same order, if the first by name would keep an alert from the second."""
    matchers = {name: notify.matchers(name, routes[name]) for name in sorted(routes)}
    by_order: defaultdict[int, list[str]] = defaultdict(list)
    for name in matchers:
        by_order[notify.order(routes[name])].append(name)
    for order, names in by_order.items():
        for first, second in combinations(names, 2):
            if not routes[first].get("continue") and not _disjoint(matchers[first], matchers[second]):
                other, _ = origin(reporter.stack, ("notify", "routes", first))
                message = f"`{first}` and `{second}` can match the same alert but both have the order {order}"
                note = Note(f"`{first}` is defined here", other)
                hint = "set an `order` for one of them"
                reporter.at(("notify", "routes", second), OVERLAPPING_ROUTES, message, note, hint=hint, on="key")
