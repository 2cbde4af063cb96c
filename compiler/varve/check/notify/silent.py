"""Is there a minute in which each route tells each of its receivers."""

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
from varve.resolve.saying import Saying

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

_Said: TypeAlias = tuple[tuple[str, str | tuple[str, ...]], ...]

_MOST: Final = 16  # hours that are held against each other by the date, of which there may be thousands
_REMEDY: Final = "set the hours of the week that are meant"


class _Hours(NamedTuple):
    """Hours as they are said, their zone, and the minutes in which they hold at most and at least."""

    zone: str
    said: Map
    most: int
    least: int

    @property
    def specs(self) -> list[Map]:
        """The same as Alertmanager's intervals."""
        return hours.intervals(self.said, self.zone)


class _Route(NamedTuple):
    """A route, the hours in which it is told, all of them where none are said, and those in which it is muted."""

    name: str
    said: Map
    told: Sequence[_Hours]
    muted: Sequence[_Hours]


def check(unit: Resolved, report: Report) -> None:
    """Report hours that never begin or are muted for ever, and each receiver that a route could never tell."""
    say, said = Saying(unit.stack, report), notify.notify(unit.value)
    for keys, each in interval.every(unit.value):
        _check_dates(keys, each, say)
    zone = cast("str", unit.value["timezone"])
    there = {name: _read(each, zone) for name, each in notify.maps(said, "hours").items()}
    for name, route in notify.maps(said, "routes").items():
        told = [there.get(each) for each in notify.listed(route, "hours")]
        muted = [there.get(each) for each in notify.listed(route, "mute")]
        _check_always(name, route, there, say)
        if None not in told:  # what is wrong with such hours is said where they are
            _check_route(_Route(name, route, list(_sound(told)), list(_partial(muted))), unit.value, say)


def _check_dates(keys: Keys, said: Map, say: Saying) -> None:
    if hours.fault(said):
        return
    if year.never(said):
        hint = "use dates that exist"
        say.at(
            keys, HOURS_NEVER, f"`{keys[-1]}` never begin: no date satisfies all their conditions", hint=hint, on="key"
        )
    elif year.never(said, timeline.FIRST):
        message = f"`{keys[-1]}` never begin again: they ended before {timeline.FIRST}"
        say.at(keys, HOURS_NEVER, message, hint="use years in the future, or remove them", on="key")
    elif keys[0] == "users" and (found := _read(said, "")) and found.least == year.ALWAYS:
        message = f"`{keys[1]}` is never notified: `{keys[-1]}` cover the whole week"
        say.at(keys, HOURS_ALWAYS, message, hint=_REMEDY, on="key")


def _check_always(name: str, route: Map, there: dict[str, _Hours | None], say: Saying) -> None:
    at: Keys = ("notify", "routes", name, "mute")
    for index, each in enumerate(notify.texts(route, "mute")):
        found = there.get(each)
        if found and found.least == year.ALWAYS:
            message = f"`{name}` is always muted: `{each}` cover the whole week"
            say.at(at if isinstance(route["mute"], str) else (*at, index), HOURS_ALWAYS, message, hint=_REMEDY)


def _check_route(route: _Route, value: Map, say: Saying) -> None:
    at: Keys = ("notify", "routes", route.name)
    if not _is_told(route.told, route.muted):
        names = " and ".join(f"`{each}`" for each in sorted(notify.listed(route.said, "hours")))
        only = f"notifies only during {names} but is muted then" if names else "is muted during the whole week"
        hint = "leave it some hours that are not muted"
        say.at((*at, "mute"), ROUTE_NEVER_TELLS, f"`{route.name}` {only}", hint=hint)
        return
    receivers = notify.maps(notify.notify(value), "receivers")
    for index, receiver in enumerate(notify.texts(route.said, "receivers")):
        user = cast("str", receivers.get(receiver, {}).get("user", ""))
        quiet = list(_quiet(value, user))
        if quiet and not _is_told(route.told, [*route.muted, *quiet]):
            message = f"`{route.name}` never notifies `{receiver}`: all remaining hours are quiet hours of `{user}`"
            hint = "correct the hours, or remove the receiver"
            say.at((*at, "receivers", index), ROUTE_NEVER_TELLS, message, hint=hint)


def _quiet(value: Map, user: str) -> Iterator[_Hours]:
    person = notify.maps(value, "users").get(user, {})
    zone = cast("str", person.get("timezone", value["timezone"]))
    return _partial(_read(each, zone) for each in notify.maps(person, "quiet").values())


def _read(said: Map, zone: str) -> _Hours | None:
    """The hours that are said, or None where they are none or never begin any more."""
    listed = ((key, tuple(each) if isinstance(each, list) else each) for key, each in said.items())
    return _remembered(cast("_Said", tuple(listed)), zone)


@lru_cache(maxsize=1024)
def _remembered(listed: _Said, zone: str) -> _Hours | None:
    """The same by value: the hours of business are alike everywhere."""
    said: Map = {key: list(each) if isinstance(each, tuple) else each for key, each in listed}
    if hours.fault(said) or year.never(said, timeline.FIRST):
        return None
    own = {key: each for key, each in said.items() if key != "timezone"}
    return _Hours(cast("str", said.get("timezone", zone)), own, year.at_most(said), year.at_least(said))


def _sound(found: Iterable[_Hours | None]) -> Iterator[_Hours]:
    return (each for each in found if each)


def _partial(found: Iterable[_Hours | None]) -> Iterator[_Hours]:
    """Hours that are not always, which is reported where they are used."""
    return (each for each in _sound(found) if each.least != year.ALWAYS)


def _is_told(told: Sequence[_Hours], muted: Sequence[_Hours]) -> bool:
    """Whether a minute is left.

    What holds in one week of a month and not in another, and what is of another zone, is looked at by the date.
    """
    by_zone: defaultdict[str, int] = defaultdict(int)
    for each in muted:
        by_zone[each.zone] |= each.least
    if year.ALWAYS in by_zone.values():
        return False
    if told and not any(each not in muted and each.most & ~by_zone[each.zone] for each in told):
        return False
    zones = {each.zone for each in (*told, *muted)}
    sure = len(zones) == 1 and all(each.least == each.most for each in (*told, *muted))
    return sure or not muted or len(told) + len(muted) > _MOST or _has_minute(told, muted)


def _has_minute(told: Sequence[_Hours], muted: Sequence[_Hours]) -> bool:
    active, silent = ([spec for each in those for spec in each.specs] for those in (told, muted))
    for each in timeline.years([*active, *silent]):
        minutes = timeline.minutes(active, each) if told else timeline.whole(each)
        if minutes & ~timeline.minutes(silent, each):
            return True
    return False
