"""Is what must be heard also heard at every hour: an escalation, and a route of what is critical."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, reduce
from operator import or_
from typing import Final, TypeAlias, cast

from varve.language import hours
from varve.language.matcher import Matcher
from varve.model.diagnostic import Note, Report, Rule, Severity
from varve.model.source import Keys, Map
from varve.model.unit import Resolved
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.merge import look as valued
from varve.resolve.saying import Saying

QUIET_ESCALATION = Rule(
    "check/quiet-escalation",
    "An escalation that nobody hears at some hours",
    "An escalation is for an alert that nobody has mended in time, and Alertmanager mutes it in the quiet hours of the "
    "users that it leads to. Where all of its receivers are quiet at once, it reaches nobody until one of them is not. "
    "Add a receiver without quiet hours.",
    Severity.WARNING,
)
QUIET_CRITICAL = Rule(
    "check/quiet-critical",
    "What is critical, and nobody hears at some hours",
    "A route keeps its alerts outside its `hours`, while it is muted, and in the quiet hours of its users, and hands "
    "them to nobody else. A critical alert would wait until the morning. Add a receiver without quiet hours, or a "
    "route that tells the same alerts then, where the first of the two says `continue`.",
    Severity.WARNING,
)

_CRITICAL: Final = Matcher("severity", "=", "critical")
_MONDAY: Final = datetime(2027, 1, 4, tzinfo=UTC)
_HALF_HOURS_OF_A_WEEK: Final = 7 * 24 * 2
_HALF_DAYS_OF_A_YEAR: Final = 365 * 2
_ALWAYS: Final = (1 << _HALF_HOURS_OF_A_WEEK + _HALF_DAYS_OF_A_YEAR) - 1

_Look: TypeAlias = Callable[[Keys], int]
"""When the hours at these keys of a unit hold, as bits: one for each instant that is looked at."""


def check(unit: Resolved, report: Report) -> None:
    """Report what must be heard and is not; nothing where something is broken, for hours then may mean nothing."""
    if report.broken:
        return
    look = cache(lambda keys: _holds(keys, unit.value))
    for index, said in enumerate(notify.escalations(unit.value)):
        if _heard(said, unit.value, look) != _ALWAYS:
            at: Keys = ("notify", "escalation", index)
            message = f"the escalation of `{said['severity']}` after {said['after']} is not heard at every hour"
            _say(QUIET_ESCALATION, (*at, "receivers"), message, (at, said), (unit, report))
    _check_routes(unit, look, report)


def _check_routes(unit: Resolved, look: _Look, report: Report) -> None:
    routes = notify.maps(notify.notify(unit.value), "routes")
    asked = {name: {*notify.matchers(name, route)} for name, route in routes.items()}
    heard = {name: _heard(routes[name], unit.value, look) for name, each in asked.items() if _CRITICAL in each}
    for name in [name for name, each in heard.items() if each != _ALWAYS]:
        beside = [other for other in routes if asked[other] <= {*asked[name], notify.ORIGINAL}]
        together = (_heard(routes[each], unit.value, look) for each in beside if _both_hear(name, each, routes))
        if reduce(or_, together, heard[name]) != _ALWAYS:
            at: Keys = ("notify", "routes", name)
            message = f"what is critical is not heard at every hour through `{name}`"
            _say(QUIET_CRITICAL, at, message, (at, routes[name]), (unit, report))


def _both_hear(name: str, other: str, routes: dict[str, Map]) -> bool:
    """Whether the first of two routes hands on to the second."""
    first = min((name, other), key=lambda each: (notify.order(routes[each]), each))
    return other != name and bool(routes[first].get("continue"))


def _heard(said: Map, value: Map, look: _Look) -> int:
    """When one of the receivers hears, as bits."""
    told, muted = (
        reduce(or_, (look(("notify", "hours", name)) for name in notify.listed(said, key)), 0)
        for key in ("hours", "mute")
    )
    route = (told if said.get("hours") else _ALWAYS) & ~muted
    quiet = [_quiet(receiver, value) for receiver in notify.listed(said, "receivers")]
    if not all(quiet):
        return route
    return route & reduce(or_, (~reduce(or_, map(look, each)) for each in quiet), 0)


def _quiet(receiver: str, value: Map) -> list[Keys]:
    """Where the quiet hours of a receiver are said, if it is a user who has some."""
    user = _user(receiver, value)
    person = notify.maps(value, "users").get(user, {})
    return [("users", user, "quiet", name) for name in notify.maps(person, "quiet")]


def _user(receiver: str, value: Map) -> str:
    return cast("str", notify.maps(notify.notify(value), "receivers")[receiver].get("user", ""))


def _holds(keys: Keys, value: Map) -> int:
    zone, said = value["timezone"], cast("Map", valued(value, keys))
    if keys[0] == "users":
        zone = cast("Map", valued(value, keys[:2])).get("timezone", zone)
    specs = hours.intervals(said, cast("str", zone))
    return sum(1 << bit for bit, instant in enumerate(_instants()) if hours.contains(specs, instant))


def _instants() -> Iterator[datetime]:
    """A week by half hours, for the times of day, and a year by half days, for the holidays."""
    yield from (_MONDAY + timedelta(minutes=30 * count) for count in range(_HALF_HOURS_OF_A_WEEK))
    yield from (_MONDAY + timedelta(hours=12 * count) for count in range(_HALF_DAYS_OF_A_YEAR))


def _say(rule: Rule, keys: Keys, message: str, which: tuple[Keys, Map], where: tuple[Resolved, Report]) -> None:
    (at, said), (unit, report) = which, where
    notes = _reasons(at, said, unit)
    Saying(unit.stack, report).at(keys, rule, message, *notes, hint=_way_out(said, unit.value), on="key")


def _reasons(at: Keys, said: Map, unit: Resolved) -> Iterator[Note]:
    for key in ("hours", "mute"):
        if said.get(key):
            place, _ = origin(unit.stack, (*at, key))
            yield Note("it is told only during these" if key == "hours" else "it is not told during these", place)
    users = {_user(receiver, unit.value) for receiver in notify.listed(said, "receivers")}
    for user in sorted(users):
        if notify.maps(notify.maps(unit.value, "users").get(user, {}), "quiet"):
            place, _ = origin(unit.stack, ("users", user, "quiet"))
            yield Note(f"`{user}` is quiet during these", replace(place, on="key"))


def _way_out(said: Map, value: Map) -> str:
    kept = [f"`{key}`" for key in ("hours", "mute") if said.get(key)]
    quiet = all(_quiet(receiver, value) for receiver in notify.listed(said, "receivers"))
    ways = ["add a receiver without quiet hours"] if quiet else []
    if kept:
        ways.append(f"take {' and '.join(kept)} out, or let another route tell it then")
    return ", and ".join(ways)
