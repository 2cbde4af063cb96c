"""Durations as Prometheus writes them, and zones of the world."""

from typing import Final

import pytest

from tests.check.shape.format.tried import Tried, bad, good, is_refused
from varve.check.shape.format.timing import FORMATS

TRIED: Final[Tried] = {
    "duration": (["1ms", "30s", "5m", "1h30m", "15d", "1y2w3d4h5m6s7ms"], ["", "0", "0s", "5", "5 m", "1m1h", "-5m"]),
    "duration-or-zero": (["0", "0s", "0m", "30s", "1h30m"], ["", "5", "5 m", "-5m", "0.5s", "none"]),
    "heartbeat-interval": (["10s", "1m", "1d"], ["", "9s", "1d1s", "1 m", "60"]),
    "time-zone": (["UTC", "Europe/Paris", "America/Argentina/Ushuaia"], ["", "CEST", "europe/paris", "+02:00"]),
}


def test_every_format_is_tried() -> None:
    assert TRIED.keys() == FORMATS.keys()


@pytest.mark.parametrize(("name", "text"), good(TRIED))
def test_a_good_text_has_no_fault(name: str, text: str) -> None:
    assert FORMATS[name].fault(text) is None


@pytest.mark.parametrize(("name", "text"), bad(TRIED))
def test_a_bad_text_has_a_fault_and_a_way_out(name: str, text: str) -> None:
    assert is_refused(FORMATS[name], text)
