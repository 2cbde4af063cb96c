"""An instant is a date and a time of day, in some time zone."""

from datetime import UTC, datetime

import pytest

from varve.language.time import instant

READ = {
    "on the clock of the zone": ("2026-11-21T03:00", "Europe/Paris", "2026-11-21T02:00+00:00"),
    "in summer": ("2026-07-21T03:00", "Europe/Paris", "2026-07-21T01:00+00:00"),
    "with a blank, and seconds": ("2026-11-21 03:00:59", "UTC", "2026-11-21T03:00:59+00:00"),
    "with an offset": ("2026-11-21T03:00+05:30", "Europe/Paris", "2026-11-20T21:30+00:00"),
    "with a Z": ("2026-11-21T03:00Z", "Europe/Paris", "2026-11-21T03:00+00:00"),
}
REFUSED = (
    *("", "tomorrow", "10:00", "2026-11-21", "20261121T0300", "2026-W47-6T03:00", "1999-11-21T03:00"),
    *("2026-02-30T10:00", "2026-11-21T24:01", "2026-11-21T03:00+99:00", "2026-11-21T03:00 Europe/Paris"),
    "٢٠٢٦-11-21T03:00",
)


@pytest.mark.parametrize(("text", "zone", "meant"), READ.values(), ids=READ)
def test_an_instant_is_read(text: str, zone: str, meant: str) -> None:
    found = instant.read(text, zone)
    assert found is not None
    assert (found, found.tzinfo is not None) == (datetime.fromisoformat(meant), True)
    assert instant.fault(text) is None


@pytest.mark.parametrize("text", REFUSED)
def test_other_texts_are_no_instants(text: str) -> None:
    assert instant.read(text, "UTC") is None
    assert str(instant.fault(text)).startswith("write it like")


@pytest.mark.parametrize("text", ["2000-01-01T00:00", "2999-12-31T23:59-23:59", "2000-01-01T00:00+23:59"])
def test_every_instant_is_read_in_every_time_zone(text: str) -> None:
    found = instant.read(text, "Pacific/Kiritimati")
    assert found is not None
    assert found.astimezone(UTC) == found
