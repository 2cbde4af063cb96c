"""Durations as Prometheus writes them: `90s`, `1h30m`, `500ms`."""

import re
from functools import lru_cache
from typing import Final

_DAY: Final = 86_400_000
_UNITS: Final = {"y": 365 * _DAY, "w": 7 * _DAY, "d": _DAY, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_WHOLE: Final = frozenset({"y", "w"})  # used only without a remainder: 90d is clearer than 12w6d
_DURATION = re.compile("".join(f"(?:([0-9]+){unit})?" for unit in _UNITS))

# Prometheus counts nanoseconds in 64 bits, which is some 292 years.
_LONGEST: Final = (2**63 - 1) // 1_000_000
_DIGITS: Final = len(str(_LONGEST))


@lru_cache(maxsize=1024)
def milliseconds(text: str) -> int | None:
    """The length of the duration `text`, or None if it is no duration or longer than Prometheus can count."""
    if text == "0":
        return 0
    found = _DURATION.fullmatch(text)
    if found is None or not text:
        return None
    counts = [count.lstrip("0") for count in found.groups(default="")]
    if any(len(count) > _DIGITS for count in counts):
        return None
    total = sum(int(count or 0) * size for count, size in zip(counts, _UNITS.values(), strict=True))
    return total if total <= _LONGEST else None


def lasts(text: str) -> int:
    """The milliseconds of a text that is known to be a duration; 0 if it is none."""
    return milliseconds(text) or 0


def is_duration(text: str) -> bool:
    """Whether Prometheus reads `text` as a duration."""
    return milliseconds(text) is not None


def text(length: int) -> str:
    """`length` milliseconds, not negative, as Prometheus prints them: largest unit first, `0s` for none."""
    written, left = "", length
    for unit, size in _UNITS.items():
        if unit in _WHOLE and left % size:
            continue
        count, left = divmod(left, size)
        written += f"{count}{unit}" if count else ""
    return written or "0s"
