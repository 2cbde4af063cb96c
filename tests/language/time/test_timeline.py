"""The minutes of a year in which hours hold are those in which Alertmanager's algorithm says so."""

from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varve.language.time import hours, timeline
from varve.model.source import Map

ZONES = (
    *("UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "America/St_Johns"),
    # Zones whose clocks change by half an hour, are a day ahead, and change twice around Ramadan.
    *("Australia/Lord_Howe", "Pacific/Kiritimati", "Africa/Casablanca"),
)
SOURCE_HOURS = st.fixed_dictionaries(
    {},
    optional={
        "days": st.sampled_from(["monday:friday", "friday:monday", ["sunday"], ["tuesday", "saturday"]]),
        "from": st.sampled_from(["00:30", "02:15", "09:00", "18:00"]),
        "to": st.sampled_from(["18:30", "19:00", "23:59", "24:00"]),
        "months": st.sampled_from([["2"], ["march", "10:12"]]),
        "days_of_month": st.sampled_from([["1:7"], ["-3:-1"], ["29:31"], ["-31"]]),
        "years": st.sampled_from([["2026"], ["2028:2030"]]),
    },
).filter(bool)


@given(said=SOURCE_HOURS, zone=st.sampled_from(ZONES), year=st.sampled_from([2026, 2028]), days=st.floats(0, 364.9))
@settings(max_examples=100, deadline=None)
def test_every_minute_agrees_with_alertmanager(said: Map, zone: str, year: int, days: float) -> None:
    minute = int(days * hours.MIDNIGHT)
    specs = hours.intervals(said, zone)
    instant = datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    assert bool(timeline.minutes(specs, year) >> minute & 1) == hours.contains(specs, instant)


def test_minutes_of_clock_changes_count_as_local_time() -> None:
    night = timeline.minutes(hours.intervals({"from": "02:00", "to": "03:00"}, "Europe/Paris"), 2027)
    assert night.bit_count() == 60 * 365  # in March there is no such hour, in October there are two
    assert timeline.all_minutes(2028).bit_count() == 366 * hours.MIDNIGHT


YEARS: dict[str, tuple[Map, list[int]]] = {
    "the hours of a week": ({"weekdays": ["monday"]}, [2026]),
    "dates": ({"days_of_month": ["1"]}, [*range(2026, 2035), 2036, 2040, 2044, 2048, 2052]),
    "a year that is named": ({"years": ["2055"]}, [*range(2026, 2035), 2036, 2040, 2044, 2048, 2052, 2055, 2056]),
    "a year that is over": ({"years": ["2020:2022"]}, [*range(2026, 2035), 2036, 2040, 2044, 2048, 2052]),
    "years for ever": ({"years": ["1000:9999"]}, [*range(2026, 2035), 2036, 2040, 2044, 2048, 2052, 2099]),
}


@pytest.mark.parametrize(("spec", "expected"), YEARS.values(), ids=YEARS)
def test_the_years_that_are_examined(spec: Map, expected: list[int]) -> None:
    assert timeline.years([spec]) == expected


def test_the_representative_years_are_of_every_kind() -> None:
    kinds = {
        (timeline.all_minutes(year).bit_length(), datetime(year, 1, 1, tzinfo=UTC).weekday())
        for year in YEARS["dates"][1]
    }
    assert len(kinds) == 14


TEXTS: dict[str, tuple[Map, str, str]] = {
    "a weekend": ({"days": "saturday:sunday"}, "Europe/Paris", "Saturday 00:00 to Sunday 24:00, Europe/Paris"),
    "a weekend from friday on": (
        {"days": "friday:monday", "from": "18:00", "to": "24:00"},
        "UTC",
        "Monday 18:00 to 24:00, UTC",
    ),
    "nights": ({"from": "18:00", "to": "08:00"}, "Asia/Tokyo", "Monday 18:00 to Tuesday 08:00, Asia/Tokyo"),
    "an hour": ({"days": "sunday", "from": "12:00", "to": "13:00"}, "UTC", "Sunday 12:00 to 13:00, UTC"),
    "a month": ({"months": ["august"]}, "UTC", "Sunday 1 August 2027 00:00 to Tuesday 31 August 2027 24:00, UTC"),
    "an hour of a season": (
        {"months": ["3"], "days": "sunday", "from": "01:00", "to": "02:00"},
        "UTC",
        "Sunday 7 March 2027 01:00 to 02:00, UTC",
    ),
    "always": (
        {"from": "00:00", "to": "24:00"},
        "UTC",
        "Friday 1 January 2027 00:00 to Friday 31 December 2027 24:00, UTC",
    ),
}


@pytest.mark.parametrize(("source", "zone", "expected"), TEXTS.values(), ids=TEXTS)
def test_the_first_stretch_in_words(source: Map, zone: str, expected: str) -> None:
    found = timeline.first_stretch(timeline.minutes(hours.intervals(source, zone), 2027), 2027, zone)
    assert found
    assert timeline.text(found, zone) == expected


def test_the_stretch_is_in_the_requested_time_zone() -> None:
    found = timeline.first_stretch(
        timeline.minutes(hours.intervals({"from": "22:00", "to": "23:00"}, "Asia/Tokyo"), 2027), 2027, "UTC"
    )
    assert found
    assert timeline.text(found, "UTC") == "Monday 13:00 to 14:00, UTC"


def test_no_minutes_have_no_stretch() -> None:
    assert timeline.first_stretch(0, 2027, "UTC") is None


def test_a_year_of_hours_is_computed_quickly() -> None:
    begun = process_time()
    for count in range(50):
        timeline.minutes(hours.intervals({"from": f"09:{count:02}", "days_of_month": ["1:20"]}, "Europe/Paris"), 2029)
    assert process_time() - begun < 2
