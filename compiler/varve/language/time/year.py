"""The minutes in which hours hold, as the bits of one week for each month of a year, and whether they ever hold."""

from calendar import isleap, monthrange, weekday
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Final

from varve.language.time import hours
from varve.language.time.hours import DAYS, MIDNIGHT, MONTHS, Range
from varve.model.source import Map

_WEEK: Final = len(DAYS) * MIDNIGHT
_EVERY_MONTH: Final = range(1, len(MONTHS) + 1)
_REPRESENTATIVE_YEARS: Final = range(2000, 2028)
_LENGTHS: Final = (28, 29, 30, 31)

ALWAYS: Final = (1 << len(MONTHS) * _WEEK) - 1


def at_most(source_hours: Map) -> int:
    """The minutes in which `source_hours`, which have no fault, can hold in any year; they never hold in others."""
    week = _union(map(_span, hours.spans(source_hours)))
    return _union(week << (month - 1) * _WEEK for month in _months(source_hours))


def at_least(source_hours: Map) -> int:
    """The minutes in which `source_hours` hold in every year, on every day of the month; none if they set dates."""
    bound = "years" in source_hours or any(
        _dates(source_hours, length) != _run(Range(1, length)) for length in _LENGTHS
    )
    return 0 if bound else at_most(source_hours)


def never(source_hours: Map, since: int = 1) -> bool:
    """Whether the calendar has no date for `source_hours`, which have no fault, from the year `since` on."""
    if not source_hours.keys() & {"days_of_month", "years"}:
        return False
    days = frozenset(day for span in hours.spans(source_hours) for day in span.days)
    dates = {length: _dates(source_hours, length) for length in _LENGTHS}
    months = {monthrange(year, month) for year in _years(source_hours, since) for month in _months(source_hours)}
    return not any(dates[length] & _weekdays(days, first) for first, length in months)


def _span(span: hours.Span) -> int:
    run = (1 << span.end - span.start) - 1
    return _union(run << day * MIDNIGHT + span.start for day in span.days)


def _months(source_hours: Map) -> Iterable[int]:
    if "months" not in source_hours:
        return _EVERY_MONTH
    return {month for first, last in hours.ranges(source_hours, "months") for month in range(first, last + 1)}


def _years(source_hours: Map, since: int) -> Iterable[int]:
    """One year of each kind: years with the same length and first weekday have the same dates."""
    years = _set_years(source_hours, since) if "years" in source_hours else _REPRESENTATIVE_YEARS
    return {(isleap(year), weekday(year, 1, 1)): year for year in years}.values()


def _set_years(source_hours: Map, since: int) -> Iterator[int]:
    for first, last in hours.ranges(source_hours, "years"):
        begin = max(first, since)
        is_long = last - begin >= len(_REPRESENTATIVE_YEARS)
        yield from _REPRESENTATIVE_YEARS if is_long else range(begin, last + 1)


def _dates(source_hours: Map, length: int) -> int:
    """The days of a month with `length` days, as bits; bit 1 is the first day."""
    if "days_of_month" not in source_hours:
        return _run(Range(1, length))
    ends = (hours.in_month(each, length) for each in hours.ranges(source_hours, "days_of_month"))
    return _union(_run(Range(max(first, 1), min(last, length))) for first, last in ends if first <= length)


def _weekdays(days: frozenset[int], first: int) -> int:
    """The dates that are on one of `days`, in a month whose first day is the weekday `first`, where Monday is 0."""
    return _union(1 << date for date in range(1, _LENGTHS[-1] + 1) if (first + date) % len(DAYS) in days)


def _run(range_: Range) -> int:
    return (1 << max(range_.last + 1, range_.first)) - (1 << range_.first)


def _union(parts: Iterable[int]) -> int:
    return reduce(or_, parts, 0)
