"""Instants as people write them: `2026-11-21T03:00`, on a clock of somewhere or with an offset of its own."""

import re
from datetime import datetime
from typing import Final

from varve.language.time import timezone

_INSTANT: Final = r"2[0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?"


def fault(text: str) -> str | None:
    """Why `text` is no instant of this millennium in the words of ISO 8601, or None."""
    return None if read(text, "UTC") else "write it like `2026-11-21T03:00`, with `Z` or `+01:00` for another time zone"


def read(text: str, zone: str) -> datetime | None:
    """The aware time that `text` means, on the clock of `zone` where it says no offset; None where it is no instant."""
    if not re.fullmatch(_INSTANT, text):
        return None
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        return None
    return said if said.tzinfo else said.replace(tzinfo=timezone.zone(zone))
