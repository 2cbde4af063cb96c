"""What hours are written with: times, weekdays, months, days of the month, years, and single instants."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from varve.language.time import hours, instant
from varve.model.diagnostic import Rule


class Shape(NamedTuple):
    """The rule of a text that hours are written with, how to say that it is broken, and a function that says why."""

    rule: Rule
    denial: str
    fault: Callable[[str], str | None]


BAD_TIME_OF_DAY = Rule(
    "check/bad-time-of-day",
    "A text is no time of day",
    'Times of day are quoted texts of two digits each, such as `"09:00"`, on the clock of the zone that the hours say. '
    '`"24:00"` is the end of a day. Alertmanager knows no seconds.',
)
BAD_DAY_RANGE = Rule(
    "check/bad-day-range",
    "A text is no weekday or range of weekdays",
    "Weekdays are English names in small letters, alone or as a range such as `monday:friday`, the last day included. "
    "A range may go over the end of the week, such as `friday:monday`.",
)
BAD_MONTH_RANGE = Rule(
    "check/bad-month-range",
    "A text is no month or range of months",
    "Months are English names in small letters or numbers, alone or as a range such as `7:8`, the last month included. "
    "A range stays inside a year: the winter is `december` and `january:february`.",
)
BAD_DAY_OF_MONTH_RANGE = Rule(
    "check/bad-day-of-month-range",
    "A text is no day of the month or range of them",
    "Days are numbers from 1 to 31, or from -1 to -31 counted from the end of the month, alone or as a range such as "
    "`1:7` or `-3:-1`. Alertmanager refuses a range that would end before it begins in a month of 28 days.",
)
BAD_YEAR_RANGE = Rule(
    "check/bad-year-range",
    "A text is no year or range of years",
    "Years are written with four digits, alone or as a range such as `2027:2028`, the last year included.",
)
BAD_INSTANT = Rule(
    "check/bad-instant",
    "A text is no instant",
    "An instant is a date and a time of day in the words of ISO 8601, `2026-11-21T03:00`, on the clock of the tenant's "
    "time zone. With `Z` or an offset such as `+01:00` at its end it is on another clock.",
)

SHAPES: Final[Mapping[str, Shape]] = {
    "instant": Shape(BAD_INSTANT, "is no instant", instant.fault),
    "time-of-day": Shape(BAD_TIME_OF_DAY, "is no time of day", hours.fault_time),
    "day-range": Shape(BAD_DAY_RANGE, "is no weekday or range of them", hours.fault_days),
    "month-range": Shape(BAD_MONTH_RANGE, "is no month or range of them", hours.fault_months),
    "day-of-month-range": Shape(BAD_DAY_OF_MONTH_RANGE, "is no day of the month or range of them", hours.fault_dates),
    "year-range": Shape(BAD_YEAR_RANGE, "is no year or range of them", hours.fault_years),
}
