"""The bits of hours by week and month agree with what Alertmanager does on each date."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varve.language.time import hours, year
from varve.language.time.hours import DAYS, MIDNIGHT, MONTHS
from varve.model.source import Map

BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
DATES = [BEGIN + timedelta(days=count) for count in range(28 * 365 + 7)]
WEEK = len(DAYS) * MIDNIGHT


def bit(instant: datetime) -> int:
    minute = instant.isoweekday() % len(DAYS) * MIDNIGHT + instant.hour * 60 + instant.minute
    return 1 << (instant.month - 1) * WEEK + minute


NEVER: dict[str, tuple[Map, bool]] = {
    "every day": ({"days": "monday:sunday"}, False),
    "a day that February has in no year": ({"months": ["february"], "days_of_month": ["30"]}, True),
    "a day that February has in some years": ({"months": ["february"], "days_of_month": ["29"]}, False),
    "a leap day of a year that has none": (
        {"months": ["february"], "days_of_month": ["29"], "years": ["2025:2027"]},
        True,
    ),
    "a leap day of years of which one has it": (
        {"months": ["february"], "days_of_month": ["29"], "years": ["2025:2028"]},
        False,
    ),
    "a day 31 of short months": ({"months": ["4", "june"], "days_of_month": ["31"]}, True),
    "a day 31 of months of which one is long": ({"months": ["4:5"], "days_of_month": ["31"]}, False),
    "a day 31 from the end of a short month": ({"months": ["june"], "days_of_month": ["-31"]}, True),
    "the last day of a month": ({"months": ["february"], "days_of_month": ["-1"]}, False),
    "days until one that the month has not": ({"months": ["february"], "days_of_month": ["28:31"]}, False),
    "a weekday that a date of one year has not": (
        {"days": "tuesday", "months": ["january"], "days_of_month": ["1"], "years": ["2027"]},
        True,
    ),
    "the weekday that it has": (
        {"days": "friday", "months": ["january"], "days_of_month": ["1"], "years": ["2027"]},
        False,
    ),
    "a weekday that a date has in some year": ({"days": "tuesday", "months": ["1"], "days_of_month": ["1"]}, False),
    "a year that is over, because no clock is read": ({"years": ["2020"]}, False),
    "thousands of years": ({"years": ["1000:9999"], "days_of_month": ["31"], "months": ["june"]}, True),
}


@pytest.mark.parametrize(("source", "expected"), NEVER.values(), ids=NEVER)
def test_whether_hours_ever_hold(source: Map, *, expected: bool) -> None:
    assert year.never(source) == expected


ALWAYS: dict[str, tuple[Map, bool]] = {
    "the whole day": ({"from": "00:00", "to": "24:00"}, True),
    "until midnight": ({"from": "00:00", "to": "00:00", "days": "monday"}, False),
    "all days": ({"days": ["monday:friday", "saturday:sunday"]}, True),
    "over the end of the week": ({"days": "wednesday:tuesday"}, True),
    "all months": ({"months": ["january:november", "12"]}, True),
    "all dates": ({"days_of_month": ["1:31"]}, True),
    "all dates in two ranges": ({"days_of_month": ["1:14", "15:31"]}, True),
    "all dates but the last of a long month": ({"days_of_month": ["1:30"]}, False),
    "all dates from the end": ({"days_of_month": ["-31:-1"]}, True),
    "all but a minute": ({"from": "00:01"}, False),
    "a year": ({"years": ["2027"]}, False),
}


@pytest.mark.parametrize(("source", "expected"), ALWAYS.values(), ids=ALWAYS)
def test_whether_hours_are_always(source: Map, *, expected: bool) -> None:
    assert (year.at_least(source) == year.ALWAYS) == expected


TIMES = st.sampled_from(["00:00", "06:30", "12:00", "23:59", "24:00"])
SOURCE_HOURS: st.SearchStrategy[Map] = st.fixed_dictionaries(
    {},
    optional={
        "days": st.sampled_from(["monday", "friday:monday", "tuesday:thursday"]),
        "from": TIMES,
        "to": TIMES,
        "months": st.lists(st.sampled_from(["february", "4", "june:july", MONTHS[-1]]), min_size=1, max_size=2),
        "days_of_month": st.lists(
            st.sampled_from(["1", "29", "30:31", "-1", "-31:-30", "1:31"]), min_size=1, max_size=2
        ),
        "years": st.lists(st.sampled_from(["2000", "2001:2003", "2027"]), min_size=1, max_size=2),
    },
)


@settings(max_examples=60, deadline=None)
@given(SOURCE_HOURS.filter(lambda said: hours.fault(said) is None))
def test_the_bits_are_between_what_alertmanager_does_at_most_and_at_least(said: Map) -> None:
    specs = hours.intervals(said, "UTC")
    at_most, at_least = year.at_most(said), year.at_least(said)
    assert at_least & ~at_most == 0
    for date in DATES[::13]:
        instant = date + timedelta(minutes=date.toordinal() * 7 % MIDNIGHT)
        holds = hours.contains(specs, instant)
        assert not holds or at_most & bit(instant)
        assert holds or not at_least & bit(instant)


@settings(max_examples=25, deadline=None)
@given(SOURCE_HOURS.filter(lambda said: hours.fault(said) is None))
def test_hours_that_never_hold_hold_on_no_date(said: Map) -> None:
    specs = [{**each, "times": None} for each in hours.intervals(said, "UTC")]
    assert year.never(said) == (not any(hours.contains(specs, date) for date in DATES))
