"""Durations are read and printed as Prometheus does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.language.time import duration

LONGEST = (2**63 - 1) // 1_000_000


@pytest.mark.parametrize(
    ("text", "milliseconds", "printed"),
    [
        ("0", 0, "0s"),
        ("0s", 0, "0s"),
        ("500ms", 500, "500ms"),
        ("90s", 90_000, "1m30s"),
        ("5m", 300_000, "5m"),
        ("1h30m", 5_400_000, "1h30m"),
        ("28d", 2_419_200_000, "4w"),
        ("30d", 2_592_000_000, "30d"),
        ("90d", 7_776_000_000, "90d"),
        ("365d", 31_536_000_000, "1y"),
        ("1y2w3d", 33_004_800_000, "382d"),
        ("1h0m007s", 3_607_000, "1h7s"),
        (f"{LONGEST}ms", LONGEST, "106751d23h47m16s854ms"),
        ("0" * 5000 + "1s", 1000, "1s"),
    ],
)
def test_a_duration_is_read_and_printed_in_its_normal_form(text: str, milliseconds: int, printed: str) -> None:
    assert duration.milliseconds(text) == duration.lasts(text) == milliseconds
    assert duration.is_duration(text)
    assert duration.text(milliseconds) == printed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "00",
        "m",
        "-5m",
        "+5m",
        "1.5h",
        "5 m",
        " 5m",
        "5m\n",
        "5M",
        "1m1h",
        "5m5m",
        "1h 30m",
        "٥m",
        "293y",
        f"{LONGEST + 1}ms",
        "9" * 5000 + "y",
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_texts_that_prometheus_refuses_are_no_durations(text: str) -> None:
    assert duration.milliseconds(text) is None
    assert not duration.is_duration(text)


@given(st.integers(0, LONGEST))
def test_a_printed_duration_is_read_back(milliseconds: int) -> None:
    assert duration.milliseconds(duration.text(milliseconds)) == milliseconds
