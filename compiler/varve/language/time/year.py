"""The minutes of a year in which hours hold, as the bits of a week in each of its months; and whether they ever do."""

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
_EVERY_KIND_OF_YEAR: Final = range(2000, 2028)
_LENGTHS: Final = (28, 29, 30, 31)

ALWAYS: Final = (1 << len(MONTHS) * _WEEK) - 1


def at_most(said: Map) -> int:
    """The minutes outside of which the hours `said`, which have no fault, surely never hold."""
    week = _union(map(_span, hours.spans(said)))
    return _union(week << (month - 1) * _WEEK for month in _months(said))


def at_least(said: Map) -> int:
    """The minutes in which the hours `said` hold, whatever the year and the day of the month: often none."""
    bound = "years" in said or any(_dates(said, length) != _run(Range(1, length)) for length in _LENGTHS)
    return 0 if bound else at_most(said)


def never(said: Map, since: int = 1) -> bool:
    """Whether the calendar has no date, from the year `since` on, of the hours `said`, which have no fault."""
    if not said.keys() & {"days_of_month", "years"}:
        return False
    days = frozenset(day for span in hours.spans(said) for day in span.days)
    dates = {length: _dates(said, length) for length in _LENGTHS}
    months = {monthrange(year, month) for year in _years(said, since) for month in _months(said)}
    return not any(dates[length] & _weekdays(days, first) for first, length in months)


def _span(span: hours.Span) -> int:
    run = (1 << span.end - span.start) - 1
    return _union(run << day * MIDNIGHT + span.start for day in span.days)


def _months(said: Map) -> Iterable[int]:
    if "months" not in said:
        return _EVERY_MONTH
    return {month for first, last in hours.ranges(said, "months") for month in range(first, last + 1)}


def _years(said: Map, since: int) -> Iterable[int]:
    """One year of each kind that is said: years that begin on the same weekday and are as long have the same dates."""
    years = _said_years(said, since) if "years" in said else _EVERY_KIND_OF_YEAR
    return {(isleap(year), weekday(year, 1, 1)): year for year in years}.values()


def _said_years(said: Map, since: int) -> Iterator[int]:
    for first, last in hours.ranges(said, "years"):
        begin = max(first, since)
        many = last - begin >= len(_EVERY_KIND_OF_YEAR)
        yield from _EVERY_KIND_OF_YEAR if many else range(begin, last + 1)


def _dates(said: Map, length: int) -> int:
    """The days, the first of them bit 1, of a month that is `length` days long."""
    if "days_of_month" not in said:
        return _run(Range(1, length))
    ends = (hours.in_month(each, length) for each in hours.ranges(said, "days_of_month"))
    return _union(_run(Range(max(first, 1), min(last, length))) for first, last in ends if first <= length)


def _weekdays(days: frozenset[int], first: int) -> int:
    """The days of a month that are one of `days`, where its first is the weekday `first`, counted from Monday."""
    return _union(1 << date for date in range(1, _LENGTHS[-1] + 1) if (first + date) % len(DAYS) in days)


def _run(said: Range) -> int:
    return (1 << max(said.last + 1, said.first)) - (1 << said.first)


def _union(parts: Iterable[int]) -> int:
    return reduce(or_, parts, 0)
