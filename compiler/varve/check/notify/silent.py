"""Whether there is a minute in which each route notifies each of its receivers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias, cast

from varve.check.notify import interval
from varve.language.time import hours, timeline, year
from varve.model.diagnostic import Report, Rule
from varve.model.source import Keys, Map
from varve.model.unit import Resolved
from varve.resolve import notify
from varve.resolve.reporting import ValueReporter

HOURS_NEVER = Rule(
    "check/hours-never",
    "Hours never begin",
    "One date must satisfy everything that hours require. No February has a day 30, for example. Hours that ended "
    "before 2026 do not come again: varve reads no clock, and considers no year before that one. Whoever would be "
    "notified in such hours never is; correct them, or remove them.",
)
HOURS_ALWAYS = Rule(
    "check/hours-always",
    "Muted or quiet hours never end",
    "What a route mutes, and what is quiet for a user, is a part of the week. Hours that cover the whole week would "
    "suppress every notification for good. Set the hours that are meant; if nobody is to be notified, remove the "
    "route or the receiver.",
)
ROUTE_NEVER_TELLS = Rule(
    "check/route-never-tells",
    "Route never notifies anybody",
    "A receiver is notified during the hours of its route that are neither muted nor quiet hours of its user. If no "
    "minute of the week is left, it is never notified, and later routes do not get the alert either. Correct the "
    "hours, or remove the receiver.",
)

_FrozenHours: TypeAlias = tuple[tuple[str, str | tuple[str, ...]], ...]

_MAX_COMPARED: Final = 16  # hours that are compared date by date; there may be thousands
_REMEDY: Final = "set the hours of the week that are meant"


class _Hours(NamedTuple):
    """Hours as they are written, their time zone, and the minutes of the week in which they may hold or surely hold."""

    zone: str
    definition: Map
    most: int
    least: int

    @property
    def specs(self) -> list[Map]:
        """These hours as Alertmanager's time intervals."""
        return hours.intervals(self.definition, self.zone)


class _Route(NamedTuple):
    """A route, the hours in which it is active (always, if there are none), and those in which it is muted."""

    name: str
    settings: Map
    active: Sequence[_Hours]
    muted: Sequence[_Hours]


def check(unit: Resolved, report: Report) -> None:
    """Report hours that never begin or mute for ever, and each receiver that a route could never notify."""
    reporter, notifications = ValueReporter(unit.stack, report), notify.notify(unit.value)
    for keys, each in interval.every(unit.value):
        _check_dates(keys, each, reporter)
    zone = cast("str", unit.value["timezone"])
    known = {name: _read(each, zone) for name, each in notify.maps(notifications, "hours").items()}
    for name, route in notify.maps(notifications, "routes").items():
        active = [known.get(each) for each in notify.listed(route, "hours")]
        muted = [known.get(each) for each in notify.listed(route, "mute")]
        _check_always(name, route, known, reporter)
        if None not in active:  # faulty hours are reported where they are defined
            _check_route(_Route(name, route, list(_valid(active)), list(_partial(muted))), unit.value, reporter)


def _check_dates(keys: Keys, definition: Map, reporter: ValueReporter) -> None:
    if hours.fault(definition):
        return
    if year.never(definition):
        hint = "use dates that exist"
        reporter.at(
            keys, HOURS_NEVER, f"`{keys[-1]}` never begin: no date satisfies all their conditions", hint=hint, on="key"
        )
    elif year.never(definition, timeline.FIRST):
        message = f"`{keys[-1]}` never begin again: they ended before {timeline.FIRST}"
        reporter.at(keys, HOURS_NEVER, message, hint="use years in the future, or remove them", on="key")
    elif keys[0] == "users" and (found := _read(definition, "")) and found.least == year.ALWAYS:
        message = f"`{keys[1]}` is never notified: `{keys[-1]}` cover the whole week"
        reporter.at(keys, HOURS_ALWAYS, message, hint=_REMEDY, on="key")


def _check_always(name: str, route: Map, known: dict[str, _Hours | None], reporter: ValueReporter) -> None:
    at: Keys = ("notify", "routes", name, "mute")
    for index, each in enumerate(notify.texts(route, "mute")):
        found = known.get(each)
        if found and found.least == year.ALWAYS:
            message = f"`{name}` is always muted: `{each}` cover the whole week"
            reporter.at(at if isinstance(route["mute"], str) else (*at, index), HOURS_ALWAYS, message, hint=_REMEDY)


def _check_route(route: _Route, value: Map, reporter: ValueReporter) -> None:
    at: Keys = ("notify", "routes", route.name)
    if not _can_notify(route.active, route.muted):
        names = " and ".join(f"`{each}`" for each in sorted(notify.listed(route.settings, "hours")))
        problem = f"notifies only during {names} but is muted then" if names else "is muted during the whole week"
        hint = "leave it some hours that are not muted"
        reporter.at((*at, "mute"), ROUTE_NEVER_TELLS, f"`{route.name}` {problem}", hint=hint)
        return
    receivers = notify.maps(notify.notify(value), "receivers")
    for index, receiver in enumerate(notify.texts(route.settings, "receivers")):
        user = cast("str", receivers.get(receiver, {}).get("user", ""))
        quiet = list(_quiet(value, user))
        if quiet and not _can_notify(route.active, [*route.muted, *quiet]):
            message = f"`{route.name}` never notifies `{receiver}`: all remaining hours are quiet hours of `{user}`"
            hint = "correct the hours, or remove the receiver"
            reporter.at((*at, "receivers", index), ROUTE_NEVER_TELLS, message, hint=hint)


def _quiet(value: Map, user: str) -> Iterator[_Hours]:
    person = notify.maps(value, "users").get(user, {})
    zone = cast("str", person.get("timezone", value["timezone"]))
    return _partial(_read(each, zone) for each in notify.maps(person, "quiet").values())


def _read(definition: Map, zone: str) -> _Hours | None:
    """The hours, or None if they are invalid or will never begin again."""
    frozen = ((key, tuple(each) if isinstance(each, list) else each) for key, each in definition.items())
    return _read_cached(cast("_FrozenHours", tuple(frozen)), zone)


@lru_cache(maxsize=1024)
def _read_cached(frozen: _FrozenHours, zone: str) -> _Hours | None:
    """The result of `_read`, cached by content: business hours are alike everywhere."""
    definition: Map = {key: list(each) if isinstance(each, tuple) else each for key, each in frozen}
    if hours.fault(definition) or year.never(definition, timeline.FIRST):
        return None
    without_zone = {key: each for key, each in definition.items() if key != "timezone"}
    own_zone = cast("str", definition.get("timezone", zone))
    return _Hours(own_zone, without_zone, year.at_most(definition), year.at_least(definition))


def _valid(found: Iterable[_Hours | None]) -> Iterator[_Hours]:
    return (each for each in found if each)


def _partial(found: Iterable[_Hours | None]) -> Iterator[_Hours]:
    """The hours that do not cover the whole week; those that do are reported where they are used."""
    return (each for each in _valid(found) if each.least != year.ALWAYS)


def _can_notify(active: Sequence[_Hours], muted: Sequence[_Hours]) -> bool:
    """Whether there is a minute within the `active` hours, or any minute if there are none, that is in no `muted` ones.

    Hours that hold in some weeks only, and hours in different time zones, are compared date by date.
    """
    by_zone: defaultdict[str, int] = defaultdict(int)
    for each in muted:
        by_zone[each.zone] |= each.least
    if year.ALWAYS in by_zone.values():
        return False
    if active and not any(each not in muted and each.most & ~by_zone[each.zone] for each in active):
        return False
    zones = {each.zone for each in (*active, *muted)}
    is_exact = len(zones) == 1 and all(each.least == each.most for each in (*active, *muted))
    return is_exact or not muted or len(active) + len(muted) > _MAX_COMPARED or _has_minute(active, muted)


def _has_minute(active: Sequence[_Hours], muted: Sequence[_Hours]) -> bool:
    active_specs, muted_specs = ([spec for each in group for spec in each.specs] for group in (active, muted))
    for each in timeline.years([*active_specs, *muted_specs]):
        minutes = timeline.minutes(active_specs, each) if active else timeline.all_minutes(each)
        if minutes & ~timeline.minutes(muted_specs, each):
            return True
    return False
