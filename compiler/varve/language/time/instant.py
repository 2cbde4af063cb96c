"""Instants: `2026-11-21T03:00`, in a given time zone or with an offset of its own."""

import re
from datetime import datetime
from typing import Final

from varve.language.time import timezone

_INSTANT: Final = r"2[0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?"


def fault(text: str) -> str | None:
    """Why `text` is no instant of this millennium in ISO 8601, or None."""
    return None if read(text, "UTC") else "write it like `2026-11-21T03:00`, with `Z` or `+01:00` for another time zone"


def read(text: str, zone: str) -> datetime | None:
    """The aware time of `text`, in the time zone `zone` if it has no offset; None if it is no instant."""
    if not re.fullmatch(_INSTANT, text):
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=timezone.zone(zone))
