"""Formats of hours: times, weekdays, months, days of the month, years, and single instants."""

from collections.abc import Mapping
from typing import Final

from varve.check.shape.format.shape import Format
from varve.language.time import hours, instant
from varve.model.diagnostic import Rule

BAD_TIME_OF_DAY = Rule(
    "check/bad-time-of-day",
    "Not a time of day",
    'Times of day are quoted texts of two digits each, such as `"09:00"`, in the time zone that the hours set. '
    '`"24:00"` is the end of a day. Alertmanager does not support seconds.',
)
BAD_DAY_RANGE = Rule(
    "check/bad-day-range",
    "Not a weekday or a range of weekdays",
    "Weekdays are English names in lower case, alone or as a range such as `monday:friday`, the last day included. A "
    "range may wrap around the end of the week, such as `friday:monday`.",
)
BAD_MONTH_RANGE = Rule(
    "check/bad-month-range",
    "Not a month or a range of months",
    "Months are English names in lower case, or numbers, alone or as a range such as `7:8`, the last month included. "
    "A range stays within a year: winter is `december` and `january:february`.",
)
BAD_DAY_OF_MONTH_RANGE = Rule(
    "check/bad-day-of-month-range",
    "Not a day of the month or a range of days",
    "Days are numbers from 1 to 31, or from -1 to -31 counted from the end of the month, alone or as a range such as "
    "`1:7` or `-3:-1`. Alertmanager refuses a range that would end before it begins in a month of 28 days.",
)
BAD_YEAR_RANGE = Rule(
    "check/bad-year-range",
    "Not a year or a range of years",
    "Years are written with four digits, alone or as a range such as `2027:2028`, the last year included.",
)
BAD_INSTANT = Rule(
    "check/bad-instant",
    "Not a date and time",
    "A date and time is written as in ISO 8601, `2026-11-21T03:00`, in the tenant's time zone. With `Z` or an offset "
    "such as `+01:00` at its end it is in another time zone.",
)

FORMATS: Final[Mapping[str, Format]] = {
    "instant": Format(BAD_INSTANT, "is not a date and time", instant.fault),
    "time-of-day": Format(BAD_TIME_OF_DAY, "is not a time of day", hours.fault_time),
    "day-range": Format(BAD_DAY_RANGE, "is not a weekday or a range of weekdays", hours.fault_days),
    "month-range": Format(BAD_MONTH_RANGE, "is not a month or a range of months", hours.fault_months),
    "day-of-month-range": Format(
        BAD_DAY_OF_MONTH_RANGE, "is not a day of the month or a range of days", hours.fault_dates
    ),
    "year-range": Format(BAD_YEAR_RANGE, "is not a year or a range of years", hours.fault_years),
}
