"""Every text with which hours are written has its own rule, and a hint."""

from typing import Final

import pytest

from tests.check.shape.format.tried import Tried, mistaken
from varve.check.shape.format.hours import FORMATS

TRIED: Final[Tried] = {
    "instant": (["2026-11-21T03:00", "2026-11-21 03:00Z"], ["", "03:00", "2026-11-21", "2026-02-30T03:00", "now"]),
    "time-of-day": (["00:00", "09:30", "24:00"], ["", "9:30", "24:01", "09:30:00", "noon"]),
    "day-range": (["monday", "monday:friday", "friday:monday"], ["", "Monday", "mon", "monday-friday", "monday:"]),
    "month-range": (["december", "7", "7:8", "may:7"], ["", "0", "13", "dec", "12:1", "July"]),
    "day-of-month-range": (["1", "31", "1:7", "-3:-1"], ["", "0", "32", "-1:1", "7:1", "28:-1", "01"]),
    "year-range": (["2027", "2027:2028"], ["", "27", "2028:2027", "2027-2028"]),
}


def test_every_format_has_a_rule_of_its_own() -> None:
    assert len({each.rule.code for each in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_the_reason_is_the_hint(name: str) -> None:
    reason = FORMATS[name].fault("no such thing")
    assert reason
    assert reason.startswith("write ")


def test_every_format_tells_good_texts_from_bad_ones() -> None:
    assert TRIED.keys() == FORMATS.keys()
    assert mistaken(FORMATS, TRIED) == []
