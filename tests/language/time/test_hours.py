"""Hours and Alertmanager's time intervals for them hold at the same instants, in every time zone."""

import calendar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varve.language.time import hours
from varve.model.source import Map

PARIS = "Europe/Paris"
ZONES = ("UTC", PARIS, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia")

# From sources to intervals

WRITTEN: dict[str, tuple[Map, list[Map]]] = {
    "working hours": (
        {"days": "monday:friday", "from": "09:00", "to": "18:00"},
        [
            {
                "times": [{"start_time": "09:00", "end_time": "18:00"}],
                "weekdays": ["monday:friday"],
                "location": PARIS,
            }
        ],
    ),
    "a night of every day, in a zone of its own": (
        {"from": "22:00", "to": "06:00", "timezone": "UTC"},
        [
            {"times": [{"start_time": "22:00", "end_time": "24:00"}], "location": "UTC"},
            {"times": [{"start_time": "00:00", "end_time": "06:00"}], "location": "UTC"},
        ],
    ),
    "a night ends on the day after, and after a Saturday comes a Sunday": (
        {"days": ["friday", "saturday"], "from": "22:00", "to": "06:00"},
        [
            {
                "times": [{"start_time": "22:00", "end_time": "24:00"}],
                "weekdays": ["friday:saturday"],
                "location": PARIS,
            },
            {
                "times": [{"start_time": "00:00", "end_time": "06:00"}],
                "weekdays": ["sunday", "saturday"],
                "location": PARIS,
            },
        ],
    ),
    "days over the end of the week": (
        {"days": "friday:monday"},
        [{"weekdays": ["sunday:monday", "friday:saturday"], "location": PARIS}],
    ),
    "a weekend": ({"days": "saturday:sunday"}, [{"weekdays": ["sunday", "saturday"], "location": PARIS}]),
    "all days are no condition": ({"days": "monday:sunday"}, [{"location": PARIS}]),
    "until the end of the day": (
        {"from": "18:00"},
        [{"times": [{"start_time": "18:00", "end_time": "24:00"}], "location": PARIS}],
    ),
    "from its beginning": (
        {"to": "06:30"},
        [{"times": [{"start_time": "00:00", "end_time": "06:30"}], "location": PARIS}],
    ),
    "until midnight is no night": (
        {"from": "18:00", "to": "00:00", "months": ["7:8"]},
        [{"times": [{"start_time": "18:00", "end_time": "24:00"}], "months": ["7:8"], "location": PARIS}],
    ),
    "a whole day is no condition": ({"from": "00:00", "to": "24:00"}, [{"location": PARIS}]),
    "dates": (
        {"days_of_month": ["1:7", "-1"], "months": ["december", "1:2"], "years": ["2027:2028"]},
        [{"days_of_month": ["1:7", "-1"], "months": ["december", "1:2"], "years": ["2027:2028"], "location": PARIS}],
    ),
}


@pytest.mark.parametrize(("source", "intervals"), WRITTEN.values(), ids=WRITTEN)
def test_hours_become_intervals(source: Map, intervals: list[Map]) -> None:
    assert hours.fault(source) is None
    assert hours.intervals(source, PARIS) == intervals


FAULTS: dict[str, tuple[Map, str]] = {
    "a span without length": ({"from": "09:00", "to": "09:00"}, "`from` and `to` are the same minute"),
    "a whole day as nothing": ({"from": "00:00", "to": "00:00"}, "`from` and `to` are the same minute"),
    "the end of a day as a beginning": ({"from": "24:00", "to": "06:00"}, "`from` is the end of a day"),
    "only the end of a day": ({"from": "24:00"}, "`from` is the end of a day"),
    "a zone and no hours": ({"timezone": "UTC"}, "it sets no hours"),
    "a night of some days of the month": (
        {"from": "22:00", "to": "06:00", "days_of_month": ["1"]},
        "it goes past midnight, which excludes `days_of_month`",
    ),
    "a night of some months and years": (
        {"from": "22:00", "to": "06:00", "months": ["1"], "years": ["2027"]},
        "it goes past midnight, which excludes `months` and `years`",
    ),
}


@pytest.mark.parametrize(("source", "why"), FAULTS.values(), ids=FAULTS)
def test_contradictory_hours_have_a_fault(source: Map, why: str) -> None:
    assert hours.fault(source) == why


# What a text must look like


@pytest.mark.parametrize(
    ("fault", "good", "bad"),
    [
        (hours.fault_time, "00:00 09:05 19:59 23:59 24:00", "24:01 25:00 9:00 09:60 0900 09:00:00 : 09:00\n ٠٩:00"),
        (
            hours.fault_days,
            "monday monday:friday sunday:sunday friday:monday",
            "Monday mon 1 monday: :monday monday:friday:sunday monday-friday",
        ),
        (hours.fault_months, "january 1 12 1:12 may:7 7:july", "0 13 01 jan December 7: 12:1 december:february 1:2:3"),
        (
            hours.fault_dates,
            "1 31 -1 -31 1:31 -3:-1 27:-1 1:-27 5:5",
            "0 32 -32 01 +1 1: -1:1 2:1 -1:-3 28:-1 1:-28 1:2:3 one",
        ),
        (hours.fault_years, "2027 2027:2028 2027:2027", "27 02027 2028:2027 2027: -2027 2027:2028:2029"),
    ],
    ids=["times", "days", "months", "dates", "years"],
)
def test_invalid_texts_have_a_fault(fault: object, good: str, bad: str) -> None:
    assert callable(fault)
    assert {text: fault(text) for text in good.split(" ")} == dict.fromkeys(good.split(" "))
    for text in ("", *bad.split(" ")):
        assert str(fault(text)).startswith("write "), text


# Whether hours hold at an instant

HELD = {
    "the first minute": ({"from": "09:00", "to": "18:00"}, "2026-01-05T08:00", True),
    "the last minute": ({"from": "09:00", "to": "18:00"}, "2026-01-05T16:59", True),
    "the minute after the last": ({"from": "09:00", "to": "18:00"}, "2026-01-05T17:00", False),
    "the wall's clock, in summer": ({"from": "09:00", "to": "18:00"}, "2026-07-06T07:00", True),
    "the last minute of a day": ({"from": "23:00", "to": "24:00"}, "2026-01-05T22:59", True),
    "a Saturday's night, on Sunday": ({"days": "saturday", "from": "22:00", "to": "06:00"}, "2026-01-04T04:59", True),
    "a Saturday's night, not its morning": (
        {"days": "saturday", "from": "22:00", "to": "06:00"},
        "2026-01-03T04:59",
        False,
    ),
    "an hour that the clocks leave out": ({"from": "02:00", "to": "03:00"}, "2026-03-29T01:30", False),
    "an hour that the clocks show twice, the first time": ({"from": "02:00", "to": "03:00"}, "2026-10-25T00:30", True),
    "an hour that the clocks show twice, the second time": ({"from": "02:00", "to": "03:00"}, "2026-10-25T01:30", True),
    "the last day of a short month": ({"days_of_month": ["-1"]}, "2026-02-28T12:00", True),
    "the last day of the month in which clocks go forward": ({"days_of_month": ["-1"]}, "2026-03-31T12:00", True),
    "and not the day before it": ({"days_of_month": ["-1"]}, "2026-03-30T12:00", False),
    "a day that the month has not": ({"days_of_month": ["30:31"]}, "2026-02-28T12:00", False),
    "a range that the month cuts": ({"days_of_month": ["27:31"]}, "2026-02-28T12:00", True),
    "one of several": ({"months": ["may", "12"]}, "2026-12-01T12:00", True),
    "all of a kind and none of another": ({"months": ["12"], "years": ["2027"]}, "2026-12-01T12:00", False),
}


@pytest.mark.parametrize(("source", "instant", "held"), HELD.values(), ids=HELD)
def test_hours_hold(source: Map, instant: str, held: bool) -> None:  # noqa: FBT001
    assert hours.contains(hours.intervals(source, PARIS), datetime.fromisoformat(f"{instant}:00+00:00")) is held


def test_intervals_that_varve_did_not_write_are_understood() -> None:
    monday = datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert hours.contains([{"weekdays": ["Monday:Friday"], "months": ["01:06"], "days_of_month": [5]}], monday)
    assert not hours.contains([{"weekdays": []}], monday)
    assert not hours.contains([], monday)
    assert hours.contains([{"weekdays": ["sunday"]}, {}], monday)


def ranges(names: list[str]) -> st.SearchStrategy[str]:
    """Single names and ranges, in which the first name is not after the last."""
    positions = st.tuples(*[st.integers(0, len(names) - 1)] * 2).map(sorted)
    return positions.map(lambda ends: names[ends[0]] if ends[0] == ends[1] else f"{names[ends[0]]}:{names[ends[1]]}")


TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))
ENDS = st.tuples(st.sampled_from(hours.DAYS), st.sampled_from(hours.DAYS)).map(":".join)
DATES = [*map(str, range(1, 28)), *map(str, range(-27, 0))]
SOURCE_HOURS: st.SearchStrategy[Map] = st.fixed_dictionaries(
    {},
    optional={
        "days": st.sampled_from(hours.DAYS) | ENDS | st.lists(ENDS, min_size=1, max_size=2),
        "from": TIMES,
        "to": TIMES | st.just("24:00"),
        "months": st.lists(ranges([*map(str, range(1, 13))]) | ranges([*hours.MONTHS]), min_size=1, max_size=2),
        "days_of_month": st.lists(
            ranges(DATES).filter(lambda text: not hours.fault_dates(text)), min_size=1, max_size=2
        ),
        "years": st.lists(ranges(["2025", "2026", "2027"]), min_size=1, max_size=2),
        "timezone": st.sampled_from(ZONES),
    },
)
CHANGES = [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 4, 5, tzinfo=UTC)]
INSTANTS = st.builds(
    lambda day, minutes: day + timedelta(minutes=minutes),
    st.sampled_from(CHANGES) | st.integers(0, 730).map(lambda days: datetime(2025, 6, 1, tzinfo=UTC) + timedelta(days)),
    st.integers(-2 * 1440, 2 * 1440),
)


def naively(source: Map, instant: datetime) -> bool:
    """Whether hours hold at an instant, directly from the source: by the day on which the span of its minute began."""
    local = instant.astimezone(ZoneInfo(str(source.get("timezone", PARIS)))).replace(tzinfo=None)
    now = local.strftime("%H:%M")
    start, end = str(source.get("from", "00:00")), str(source.get("to", "24:00"))
    end = "24:00" if end == "00:00" else end
    if start < end:
        return start <= now < end and of_day(source, local)
    return (now >= start and of_day(source, local)) or (now < end and of_day(source, local - timedelta(days=1)))


def of_day(source: Map, local: datetime) -> bool:
    """Whether every key about days, months or years includes the day of `local`."""
    length = calendar.monthrange(local.year, local.month)[1]
    week = hours.DAYS * 2
    bounds = {
        key: [ends(str(each)) for each in (text if isinstance(text, list) else [text])] for key, text in source.items()
    }
    held = {
        "days": [
            local.strftime("%A").lower() in week[week.index(a) :][: length_of(a, b)] for a, b in bounds.get("days", [])
        ],
        "days_of_month": [
            counted(a, length) <= local.day <= counted(b, length) for a, b in bounds.get("days_of_month", [])
        ],
        "months": [month(a) <= local.month <= month(b) for a, b in bounds.get("months", [])],
        "years": [int(a) <= local.year <= int(b) for a, b in bounds.get("years", [])],
    }
    return all(any(each) for key, each in held.items() if key in source)


def ends(text: str) -> tuple[str, str]:
    first, _, last = text.partition(":")
    return first, last or first


def length_of(first: str, last: str) -> int:
    """The number of days from one weekday to the next occurrence of another, both included."""
    return (hours.DAYS * 2).index(last, hours.DAYS.index(first)) - hours.DAYS.index(first) + 1


def counted(day: str, length: int) -> int:
    return int(day) if int(day) > 0 else length + 1 + int(day)


def month(text: str) -> int:
    return int(text) if text.isdecimal() else hours.MONTHS.index(text) + 1


@settings(deadline=None, max_examples=500)
@given(SOURCE_HOURS.filter(lambda said: hours.fault(said) is None), INSTANTS)
def test_the_intervals_hold_exactly_when_the_hours_do(said: Map, instant: datetime) -> None:
    assert hours.contains(hours.intervals(said, PARIS), instant) is naively(said, instant)


@settings(deadline=None, max_examples=100)
@given(SOURCE_HOURS.filter(lambda said: hours.fault(said) is None))
def test_no_interval_passes_midnight_and_no_range_the_end_of_the_week(said: Map) -> None:
    for each in hours.intervals(said, PARIS):
        for times in each.get("times", []):  # type: ignore[union-attr]
            assert times["start_time"] < times["end_time"]  # type: ignore[index,call-overload,operator]
        for text in each.get("weekdays", []):  # type: ignore[union-attr]
            first, last = ends(str(text))
            assert hours.DAYS.index(first) <= hours.DAYS.index(last)


def test_the_minutes_of_an_interval() -> None:
    (night, morning) = hours.intervals({"from": "22:30", "to": "06:00"}, "UTC")
    assert [hours.times(each) for each in (night, morning, {})] == [[(1350, 1440)], [(0, 360)], [(0, 1440)]]
