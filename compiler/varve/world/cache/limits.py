"""The limits of the cache, and the names of its variables; kept small, because the command line loads it at start."""

from typing import Final, NamedTuple

SIZE: Final = "VARVE_CACHE_SIZE"
AGE: Final = "VARVE_CACHE_AGE"
SHARED: Final = "VARVE_CACHE_SHARED"
SIGNERS: Final = "VARVE_CACHE_SIGNERS"
KEY_FILE: Final = "VARVE_CACHE_KEY_FILE"

MEBIBYTES: Final = 64
DAYS: Final = 30
MOST: Final = 2048
"""The largest size in mebibytes, and the largest age in days, that can be set."""

_DAY: Final = 86_400


class Limits(NamedTuple):
    """The most bytes that the segments on a shelf may have together, and how many seconds an unused verdict is kept."""

    size: int = MEBIBYTES << 20
    age: int = DAYS * _DAY


def limits(mebibytes: int, days: int) -> Limits:
    """Limits in the units that people use."""
    return Limits(mebibytes << 20, days * _DAY)
