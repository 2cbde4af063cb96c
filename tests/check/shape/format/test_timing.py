"""Durations as Prometheus writes them, and time zones."""

from typing import Final

from tests.check.shape.format.tried import Tried, mistaken
from varve.check.shape.format.timing import FORMATS

TRIED: Final[Tried] = {
    "duration": (["1ms", "30s", "5m", "1h30m", "15d", "1y2w3d4h5m6s7ms"], ["", "0", "0s", "5", "5 m", "1m1h", "-5m"]),
    "duration-or-zero": (["0", "0s", "0m", "30s", "1h30m"], ["", "5", "5 m", "-5m", "0.5s", "none"]),
    "heartbeat-interval": (["10s", "1m", "1d"], ["", "9s", "1d1s", "1 m", "60"]),
    "time-zone": (["UTC", "Europe/Paris", "America/Argentina/Ushuaia"], ["", "CEST", "europe/paris", "+02:00"]),
}


def test_every_format_tells_good_texts_from_bad_ones() -> None:
    assert TRIED.keys() == FORMATS.keys()
    assert mistaken(FORMATS, TRIED) == []
