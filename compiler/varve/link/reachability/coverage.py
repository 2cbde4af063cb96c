"""Checks that somebody is notified of critical alerts and of escalations at every minute of the year."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache, reduce
from operator import or_
from typing import Final, cast

from varve.language.name import listed
from varve.language.time import timeline
from varve.language.time.timeline import Stretch
from varve.link.reachability.alert import Alert
from varve.link.reachability.outcome import Ends
from varve.link.reachability.reach import Reach
from varve.link.routing import Node, Tree
from varve.model.diagnostic import Note, Rule, Severity
from varve.model.source import Keys, Map
from varve.resolve import notify
from varve.resolve.merge import value_at

QUIET_ESCALATION = Rule(
    "link/quiet-escalation",
    "Escalation notifies nobody at some hours",
    "An escalation is for an alert that nobody has resolved in time, and Alertmanager mutes it in the quiet hours of "
    "the users that it leads to. If all of its receivers are quiet at once, it reaches nobody until one of them is "
    "not. Add a receiver without quiet hours.",
    Severity.WARNING,
)
QUIET_CRITICAL = Rule(
    "link/quiet-critical",
    "Critical alert notifies nobody at some hours",
    "Outside its `hours`, while it is muted, and in the quiet hours of its users, a route still takes its alerts and "
    "does not pass them on. A critical alert would wait until the morning. Add a receiver without quiet hours, or a "
    "second route that notifies of the same alerts then, and set `continue` on the first of the two.",
    Severity.WARNING,
)

_CRITICAL: Final = "critical"


def check(reach: Reach) -> None:
    """Report hours in which nobody is notified of a critical alert or an escalation, once for each set of routes."""
    found: defaultdict[Ends, list[Alert]] = defaultdict(list)
    for alert, outcomes in reach.outcomes:
        if _must_notify(alert) and outcomes and all(_has_hours(ends) for ends in outcomes):
            found[outcomes[0]].append(alert)
    gaps = _gaps(list(found), reach) if found else {}
    for ends, alerts in found.items():
        if ends in gaps:
            _report(reach, ends, alerts, gaps[ends])


def _must_notify(alert: Alert) -> bool:
    return alert.labels.get("severity") == _CRITICAL or alert.name == notify.ESCALATED


def _has_hours(ends: Ends) -> bool:
    """Whether all routes have hours or are muted at times; the platform's, for unmatched alerts, never is."""
    return all(end.active or end.muted for end in ends)


def _gaps(every: Sequence[Ends], reach: Reach) -> dict[Ends, Stretch]:
    """For each set of routes with such a time: the first stretch in which none of them notifies anybody."""
    found: dict[Ends, Stretch] = {}
    names = {name for ends in every for end in ends for name in (*end.active, *end.muted)}
    for year in timeline.years(spec for name in names for spec in reach.tree.intervals[name]):
        minutes = cache(lambda names, year=year: _minutes(names, reach.tree, year))
        for ends in (each for each in every if each not in found):
            notifying = reduce(or_, (_notifying(end, minutes, timeline.all_minutes(year)) for end in ends))
            stretch = timeline.first_stretch(timeline.all_minutes(year) & ~notifying, year, _zone(reach))
            if stretch:
                found[ends] = stretch
    return found


def _notifying(end: Node, minutes: Callable[[tuple[str, ...]], int], whole: int) -> int:
    """The minutes of a year, as a bit set, in which a route notifies its receiver."""
    return (minutes(end.active) if end.active else whole) & ~minutes(end.muted)


def _minutes(names: Sequence[str], tree: Tree, year: int) -> int:
    return timeline.minutes((spec for name in names for spec in tree.intervals[name]), year)


def _zone(reach: Reach) -> str:
    return cast("str", reach.unit.value["timezone"])


def _report(reach: Reach, ends: Ends, alerts: list[Alert], stretch: Stretch) -> None:
    routes = list(dict.fromkeys(reach.origin_of(end) for end in ends))
    last = cast("Map", value_at(reach.unit.value, routes[-1]))
    when = timeline.text(stretch, _zone(reach))
    notes = tuple(note for keys in routes for note in _reasons(reach, keys))
    if alerts[0].name == notify.ESCALATED:
        message = f"nobody is notified of the escalation of `{last['severity']}` after {last['after']} from {when}"
        at, rule = reach.place((*routes[-1], "receivers")), QUIET_ESCALATION
    else:
        message = f"nobody is notified of the critical {listed(each.name for each in alerts)} from {when}"
        at, rule = reach.place(routes[-1]), QUIET_CRITICAL
    reach.report.add(rule, message, at, *dict.fromkeys(notes), hint=_hint(last, reach.unit.value))


def _reasons(reach: Reach, at: Keys) -> Iterator[Note]:
    route, value = cast("Map", value_at(reach.unit.value, at)), reach.unit.value
    for key in ("hours", "mute"):
        if route.get(key):
            what = "it notifies only during these" if key == "hours" else "it is muted during these"
            yield Note(what, reach.place((*at, key)))
    users = {_user(receiver, value) for receiver in notify.listed(route, "receivers")}
    for user in sorted(users):
        if _quiet(user, value):
            yield Note(f"`{user}` is quiet during these", reach.place(("users", user, "quiet")))


def _user(receiver: str, value: Map) -> str:
    return cast("str", notify.maps(notify.notify(value), "receivers")[receiver].get("user", ""))


def _quiet(user: str, value: Map) -> dict[str, Map]:
    return notify.maps(notify.maps(value, "users").get(user, {}), "quiet")


def _hint(route: Map, value: Map) -> str:
    muting = [f"`{key}`" for key in ("hours", "mute") if route.get(key)]
    quiet = all(_quiet(_user(receiver, value), value) for receiver in notify.listed(route, "receivers"))
    remedies = ["add a receiver without quiet hours"] if quiet else []
    if muting:
        remedies.append(f"remove {' and '.join(muting)}, or let another route notify then")
    return ", and ".join(remedies)
