"""When hours of any time zones hold, to the minute: a year of UTC as the bits of an integer."""

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
"""The first year that is examined: a fixed one, because varve reads no clock, and the past does not matter."""

LAST: Final = 2099
"""The last year that is examined."""

_REPRESENTATIVE_YEARS: Final = (*range(2026, 2035), 2036, 2040, 2044, 2048, 2052)
_DATE_KEYS: Final = ("days_of_month", "months", "years")
_DAY: Final = MIDNIGHT // 8
_MARGIN: Final = 1  # a day before and after the year, for other time zones
_PER_WEEK: Final = len(DAYS)


class Stretch(NamedTuple):
    """An uninterrupted time, from `start` to `end`, exclusive."""

    start: datetime
    end: datetime


class _Period(NamedTuple):
    """The part of a year, in minutes from its beginning, in which a zone is ahead of UTC by `ahead` minutes."""

    start: int
    end: int
    ahead: int


def years(specs: Iterable[Map]) -> list[int]:
    """The years that represent all others: one, or with dates, one of each kind and those that the intervals name.

    Of a range of years these are the first and the last, one of each kind between, and the year after the range.
    """
    listed = list(specs)
    if not any(key in spec for spec in listed for key in _DATE_KEYS):
        return [FIRST]
    year_ranges = {each for spec in listed if spec.get("years") is not None for each in hours.ranges(spec, "years")}
    begins = sorted({year for first, last in year_ranges for year in (first, last + 1) if FIRST < year <= LAST})
    zones = sorted({str(spec.get("location", "UTC")) for spec in listed})
    parts = pairwise([FIRST, *begins, LAST + 1])
    named = {year for first, end in parts if _in_any(first, year_ranges) for year in _of_each_kind(first, end, zones)}
    return sorted(named.union(_REPRESENTATIVE_YEARS, begins))


def _in_any(year: int, year_ranges: Iterable[Range]) -> bool:
    return any(first <= year <= last for first, last in year_ranges)


def _of_each_kind(first: int, end: int, zones: Iterable[str]) -> set[int]:
    """The first and the last year before `end`, and one of each kind: its length, first weekday and clock changes."""
    inside = range(first, end)
    kinds = {_kind(year, zones): year for year in reversed(inside)}
    return {first, end - 1, *kinds.values()}


def _kind(year: int, zones: Iterable[str]) -> tuple[int, int, tuple[tuple[_Period, ...], ...]]:
    return _length(year), date(year, 1, 1).weekday(), tuple(_periods(zone, year) for zone in zones)


def all_minutes(year: int) -> int:
    """Every minute of a year, as bits."""
    return (1 << _length(year) * MIDNIGHT) - 1


def minutes(specs: Iterable[Map], year: int) -> int:
    """The minutes of a year in which one of Alertmanager's time intervals `specs` holds; bit 0 is the first."""
    return _union(_in_utc(days, zone, year) for zone, days in _days(specs, year).items())


def first_stretch(bits: int, year: int, zone: str) -> Stretch | None:
    """The first stretch of the minutes `bits` of a year, with times in `zone`; None if there are no minutes.

    A stretch that begins after 00:00 of the first Monday is preferred to an earlier one.
    """
    if not bits:
        return None
    monday = (-date(year, 1, 1).weekday()) % _PER_WEEK * MIDNIGHT - _utc_offset(zone, datetime(year, 1, 4, tzinfo=UTC))
    after = _next_start(bits >> max(monday, 0))
    start, end = _run(bits, max(monday, 0) + after) if after is not None else _run(bits, 0)
    begin = datetime(year, 1, 1, tzinfo=UTC)
    clock = timezone.zone(zone)
    return Stretch(*((begin + timedelta(minutes=each)).astimezone(clock) for each in (start, end)))


def text(stretch: Stretch, zone: str) -> str:
    """A stretch in words: by weekdays if it is in the first two weeks and short, else by dates."""
    start, end = stretch
    midnight = end.hour == end.minute == 0 and end.date() != start.date()
    last = end - timedelta(days=1) if midnight else end
    closing = "24:00" if midnight else f"{end:%H:%M}"
    dated = start.toordinal() - date(start.year, 1, 1).toordinal() >= 2 * _PER_WEEK or _is_long(stretch)
    name = _full_date if dated else _weekday
    until = closing if last.date() == start.date() else f"{name(last)} {closing}"
    return f"{name(start)} {start:%H:%M} to {until}, {zone}"


def _is_long(stretch: Stretch) -> bool:
    return stretch.end - stretch.start >= timedelta(days=_PER_WEEK)


def _weekday(day: datetime) -> str:
    return DAYS[day.isoweekday() % _PER_WEEK].capitalize()


def _full_date(day: datetime) -> str:
    return f"{_weekday(day)} {day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"


# The bits of a year


def _days(specs: Iterable[Map], year: int) -> dict[str, list[int]]:
    """The minutes of each day in which an interval holds, by zone; the first day is the last of the previous year."""
    dates: defaultdict[tuple[str, int], int] = defaultdict(int)
    for spec in specs:
        span_bits = _union((1 << end) - (1 << start) for start, end in hours.times(spec))
        dates[str(spec.get("location", "UTC")), span_bits] |= _dates(spec, year)
    by_zone: dict[str, list[int]] = {}
    for (zone, span_bits), days in dates.items():
        zone_days = by_zone.setdefault(zone, [0] * (_length(year) + 2 * _MARGIN))
        for day, flag in enumerate(reversed(f"{days:b}")):
            if flag == "1":
                zone_days[day] |= span_bits
    return by_zone


def _in_utc(days: list[int], zone: str, year: int) -> int:
    """The minutes of a year in UTC, from those of each day in a zone's local time."""
    local = int.from_bytes(b"".join(day.to_bytes(_DAY, "little") for day in days), "little")
    bits = 0
    for start, end, ahead in _periods(zone, year):
        part = local >> start + ahead + _MARGIN * MIDNIGHT & (1 << end - start) - 1
        bits |= part << start
    return bits


def _dates(spec: Map, year: int) -> int:
    """The days on which an interval holds, as bits, from the last day of the previous year to the first of the next."""
    months = {month for first, last in _ranges(spec, "months", Range(1, 12)) for month in range(first, last + 1)}
    year_ranges, days = _ranges(spec, "years", Range(1, 9999)), _ranges(spec, "days_of_month", Range(1, 31))
    bits, offset = 0, _MARGIN - _length_of_month(year - 1, len(MONTHS))
    for each, month in _months(year):
        length = _length_of_month(each, month)
        if month in months and any(first <= each <= last for first, last in year_ranges):
            dates = _in_month(days, length)
            bits |= dates << offset if offset >= 0 else dates >> -offset
        offset += length
    return bits & _weekdays(tuple(_ranges(spec, "weekdays", Range(0, 6))), year)


def _months(year: int) -> Iterator[tuple[int, int]]:
    yield year - 1, len(MONTHS)
    yield from ((year, month) for month in range(1, len(MONTHS) + 1))
    yield year + 1, 1


def _in_month(days: Iterable[Range], length: int) -> int:
    """The days of a month with `length` days, as bits; bit 0 is the first day."""
    ends = (hours.in_month(each, length) for each in days)
    clipped = ((max(first, 1), min(last, length)) for first, last in ends if first <= length)
    return _union((1 << last) - (1 << first - 1) for first, last in clipped if first <= last)


@lru_cache(maxsize=256)
def _weekdays(days: tuple[Range, ...], year: int) -> int:
    begin = date(year, 1, 1).toordinal() - _MARGIN
    length = _length(year) + 2 * _MARGIN
    wanted = {day for first, last in days for day in range(first, last + 1)}
    return _union(1 << each for each in range(length) if (begin + each) % _PER_WEEK in wanted)


def _ranges(spec: Map, key: str, default: Range) -> list[Range]:
    return hours.ranges(spec, key) if spec.get(key) is not None else [default]


@lru_cache(maxsize=4096)
def _periods(zone: str, year: int) -> tuple[_Period, ...]:
    """The periods of a year, between which the clocks of a zone change."""
    begin = datetime(year, 1, 1, tzinfo=UTC)
    marks = [day * MIDNIGHT for day in range(_length(year) + 1)]
    ahead = [_utc_offset(zone, begin + timedelta(minutes=mark)) for mark in marks]
    changes = [
        _clock_change(zone, begin, mark)
        for mark, one, other in zip(marks, ahead, ahead[1:], strict=False)
        if one != other
    ]
    ends = [0, *changes, marks[-1]]
    return tuple(
        _Period(start, end, _utc_offset(zone, begin + timedelta(minutes=start))) for start, end in pairwise(ends)
    )


def _clock_change(zone: str, begin: datetime, day: int) -> int:
    """The minute of the year at which the clocks change, in the day that begins at the minute `day`."""
    low, high, before = day, day + MIDNIGHT, _utc_offset(zone, begin + timedelta(minutes=day))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _utc_offset(zone, begin + timedelta(minutes=middle)) == before else (low, middle)
    return high


def _utc_offset(zone: str, instant: datetime) -> int:
    """By how many minutes a zone is ahead of UTC."""
    offset = timezone.zone(zone).utcoffset(instant.astimezone(timezone.zone(zone)))
    return round(offset.total_seconds() / 60) if offset else 0


def _length(year: int) -> int:
    return date(year + 1, 1, 1).toordinal() - date(year, 1, 1).toordinal()


@lru_cache(maxsize=2048)
def _length_of_month(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following.toordinal() - date(year, month, 1).toordinal()


def _next_start(bits: int) -> int | None:
    """The first set bit that follows an unset one, or None."""
    ended = ~bits & bits + 1  # the lowest bit that is not set
    rest = bits >> ended.bit_length()
    return ended.bit_length() + _lowest(rest) if rest else None


def _run(bits: int, position: int) -> tuple[int, int]:
    """The start and end (exclusive) of the first run of set bits at `position` or later."""
    start = position + _lowest(bits >> position)
    rest = bits >> start
    return start, start + (~rest & rest + 1).bit_length() - 1


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def _union(parts: Iterable[int]) -> int:
    return reduce(or_, parts, 0)
