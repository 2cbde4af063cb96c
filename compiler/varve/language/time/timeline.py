"""When hours hold, by the minute, whatever zones they are of: a year of UTC as the bits of a number."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, reduce
from itertools import pairwise
from operator import or_
from typing import Final, NamedTuple

from varve.language.time import hours, timezone
from varve.language.time.hours import DAYS, MIDNIGHT, MONTHS, Range
from varve.model.source import Map

FIRST: Final = 2026
"""The first year that is looked at: varve reads no clock, and what is over troubles nobody."""

LAST: Final = 2099
"""The last year that is looked at."""

_EVERY_KIND: Final = (*range(2026, 2035), 2036, 2040, 2044, 2048, 2052)
_DATED: Final = ("days_of_month", "months", "years")
_DAY: Final = MIDNIGHT // 8
_MARGIN: Final = 1  # a day before and after the year, for the clocks that are elsewhere
_PER_WEEK: Final = len(DAYS)


class Stretch(NamedTuple):
    """An uninterrupted time, from `start` until `end`, which is not in it."""

    start: datetime
    end: datetime


class _Period(NamedTuple):
    """The minutes of a year in which the clocks of a zone are ahead of UTC by the same number of minutes."""

    start: int
    end: int
    ahead: int


def years(specs: Iterable[Map]) -> list[int]:
    """The years after which nothing new comes: one, or where dates count, one of every kind and those that are said.

    Of a range of years those are the first and the last, and one of every kind between. After it comes one in which it
    is over.
    """
    found = list(specs)
    if not any(key in spec for spec in found for key in _DATED):
        return [FIRST]
    said = {each for spec in found if spec.get("years") is not None for each in hours.ranges(spec, "years")}
    begins = sorted({year for first, last in said for year in (first, last + 1) if FIRST < year <= LAST})
    zones = sorted({str(spec.get("location", "UTC")) for spec in found})
    parts = pairwise([FIRST, *begins, LAST + 1])
    named = {year for first, end in parts if _is_said(first, said) for year in _of_each_kind(first, end, zones)}
    return sorted(named.union(_EVERY_KIND, begins))


def _is_said(year: int, said: Iterable[Range]) -> bool:
    return any(first <= year <= last for first, last in said)


def _of_each_kind(first: int, end: int, zones: Iterable[str]) -> set[int]:
    """The first and the last of the years before `end`, and one of each kind: as long, as begun, with such clocks."""
    inside = range(first, end)
    kinds = {_kind(year, zones): year for year in reversed(inside)}
    return {first, end - 1, *kinds.values()}


def _kind(year: int, zones: Iterable[str]) -> tuple[int, int, tuple[tuple[_Period, ...], ...]]:
    return _length(year), date(year, 1, 1).weekday(), tuple(_periods(zone, year) for zone in zones)


def whole(year: int) -> int:
    """All minutes of a year."""
    return (1 << _length(year) * MIDNIGHT) - 1


def minutes(specs: Iterable[Map], year: int) -> int:
    """The minutes of a year, the first of them bit 0, in which one of Alertmanager's time intervals `specs` holds."""
    return _union(_on_clock(days, zone, year) for zone, days in _days(specs, year).items())


def first(found: int, year: int, zone: str) -> Stretch | None:
    """The first stretch of the minutes `found` of a year on the clock of `zone`, Mondays before what begins the year.

    None where there are no minutes at all.
    """
    if not found:
        return None
    monday = (-date(year, 1, 1).weekday()) % _PER_WEEK * MIDNIGHT - _ahead(zone, datetime(year, 1, 4, tzinfo=UTC))
    after = _begun(found >> max(monday, 0))
    start, end = _run(found, max(monday, 0) + after) if after is not None else _run(found, 0)
    begin = datetime(year, 1, 1, tzinfo=UTC)
    clock = timezone.zone(zone)
    return Stretch(*((begin + timedelta(minutes=each)).astimezone(clock) for each in (start, end)))


def text(stretch: Stretch, zone: str) -> str:
    """A stretch as people say it: by the days of the week where it is one of every week, else by its dates."""
    start, end = stretch
    midnight = end.hour == end.minute == 0 and end.date() != start.date()
    last = end - timedelta(days=1) if midnight else end
    closing = "24:00" if midnight else f"{end:%H:%M}"
    dated = start.toordinal() - date(start.year, 1, 1).toordinal() >= 2 * _PER_WEEK or _lasts_long(stretch)
    name = _dated if dated else _weekday
    until = closing if last.date() == start.date() else f"{name(last)} {closing}"
    return f"{name(start)} {start:%H:%M} to {until}, {zone}"


def _lasts_long(stretch: Stretch) -> bool:
    return stretch.end - stretch.start >= timedelta(days=_PER_WEEK)


def _weekday(day: datetime) -> str:
    return DAYS[day.isoweekday() % _PER_WEEK].capitalize()


def _dated(day: datetime) -> str:
    return f"{_weekday(day)} {day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"


# The bits of a year


def _days(specs: Iterable[Map], year: int) -> dict[str, list[int]]:
    """The minutes of each day, by zone, in which an interval holds: from the last day of the year before."""
    dates: defaultdict[tuple[str, int], int] = defaultdict(int)
    for spec in specs:
        told = _union((1 << end) - (1 << start) for start, end in hours.times(spec))
        dates[str(spec.get("location", "UTC")), told] |= _dates(spec, year)
    found: dict[str, list[int]] = {}
    for (zone, told), days in dates.items():
        own = found.setdefault(zone, [0] * (_length(year) + 2 * _MARGIN))
        for day, flag in enumerate(reversed(f"{days:b}")):
            if flag == "1":
                own[day] |= told
    return found


def _on_clock(days: list[int], zone: str, year: int) -> int:
    """The minutes of a year of UTC, of those that are on the days of a zone's own clock."""
    local = int.from_bytes(b"".join(day.to_bytes(_DAY, "little") for day in days), "little")
    found = 0
    for start, end, ahead in _periods(zone, year):
        part = local >> start + ahead + _MARGIN * MIDNIGHT & (1 << end - start) - 1
        found |= part << start
    return found


def _dates(spec: Map, year: int) -> int:
    """The days on which an interval holds, as bits, from the last day of the year before to the first of the next."""
    months = {month for first, last in _ranges(spec, "months", Range(1, 12)) for month in range(first, last + 1)}
    years, days = _ranges(spec, "years", Range(1, 9999)), _ranges(spec, "days_of_month", Range(1, 31))
    found, offset = 0, _MARGIN - _length_of_month(year - 1, len(MONTHS))
    for each, month in _months(year):
        length = _length_of_month(each, month)
        if month in months and any(first <= each <= last for first, last in years):
            dates = _in_month(days, length)
            found |= dates << offset if offset >= 0 else dates >> -offset
        offset += length
    return found & _weekdays(tuple(_ranges(spec, "weekdays", Range(0, 6))), year)


def _months(year: int) -> Iterator[tuple[int, int]]:
    yield year - 1, len(MONTHS)
    yield from ((year, month) for month in range(1, len(MONTHS) + 1))
    yield year + 1, 1


def _in_month(days: Iterable[Range], length: int) -> int:
    """The days of a month that is `length` days long, its first day bit 0."""
    ends = (hours.in_month(each, length) for each in days)
    said = ((max(first, 1), min(last, length)) for first, last in ends if first <= length)
    return _union((1 << last) - (1 << first - 1) for first, last in said if first <= last)


@lru_cache(maxsize=256)
def _weekdays(days: tuple[Range, ...], year: int) -> int:
    begin = date(year, 1, 1).toordinal() - _MARGIN
    many = _length(year) + 2 * _MARGIN
    told = {day for first, last in days for day in range(first, last + 1)}
    return _union(1 << each for each in range(many) if (begin + each) % _PER_WEEK in told)


def _ranges(spec: Map, key: str, usual: Range) -> list[Range]:
    return hours.ranges(spec, key) if spec.get(key) is not None else [usual]


@lru_cache(maxsize=4096)
def _periods(zone: str, year: int) -> tuple[_Period, ...]:
    """The periods of a year between which the clocks of a zone are changed."""
    begin = datetime(year, 1, 1, tzinfo=UTC)
    marks = [day * MIDNIGHT for day in range(_length(year) + 1)]
    ahead = [_ahead(zone, begin + timedelta(minutes=mark)) for mark in marks]
    changes = [
        _changed(zone, begin, mark) for mark, one, other in zip(marks, ahead, ahead[1:], strict=False) if one != other
    ]
    ends = [0, *changes, marks[-1]]
    return tuple(_Period(start, end, _ahead(zone, begin + timedelta(minutes=start))) for start, end in pairwise(ends))


def _changed(zone: str, begin: datetime, day: int) -> int:
    """The minute of the year, in the day that begins at `day`, from which the clocks are others."""
    low, high, before = day, day + MIDNIGHT, _ahead(zone, begin + timedelta(minutes=day))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _ahead(zone, begin + timedelta(minutes=middle)) == before else (low, middle)
    return high


def _ahead(zone: str, instant: datetime) -> int:
    """By how many minutes the clocks of a zone are ahead of UTC."""
    offset = timezone.zone(zone).utcoffset(instant.astimezone(timezone.zone(zone)))
    return round(offset.total_seconds() / 60) if offset else 0


def _length(year: int) -> int:
    return date(year + 1, 1, 1).toordinal() - date(year, 1, 1).toordinal()


@lru_cache(maxsize=2048)
def _length_of_month(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following.toordinal() - date(year, month, 1).toordinal()


def _begun(found: int) -> int | None:
    """The first bit after one that is not set, if there is one."""
    ended = ~found & found + 1  # the lowest bit that is not set
    rest = found >> ended.bit_length()
    return ended.bit_length() + _lowest(rest) if rest else None


def _run(found: int, position: int) -> tuple[int, int]:
    """The first run of bits at `position` or after it."""
    start = position + _lowest(found >> position)
    rest = found >> start
    return start, start + (~rest & rest + 1).bit_length() - 1


def _lowest(found: int) -> int:
    return (found & -found).bit_length() - 1


def _union(parts: Iterable[int]) -> int:
    return reduce(or_, parts, 0)
