"""How much is kept and how long, and the variables that say so; no more than the command line needs to begin."""

from typing import Final, NamedTuple

SIZE: Final = "VARVE_CACHE_SIZE"
AGE: Final = "VARVE_CACHE_AGE"
SHARED: Final = "VARVE_CACHE_SHARED"
SIGNERS: Final = "VARVE_CACHE_SIGNERS"
KEY_FILE: Final = "VARVE_CACHE_KEY_FILE"

MEBIBYTES: Final = 64
DAYS: Final = 30
MOST: Final = 2048
"""How many mebibytes, and how many days, anybody may ask for."""

_DAY: Final = 86_400


class Limits(NamedTuple):
    """How many bytes the segments on a shelf may have together, and how many seconds a verdict is kept."""

    size: int = MEBIBYTES << 20
    age: int = DAYS * _DAY


def limits(mebibytes: int, days: int) -> Limits:
    """Limits as people say them."""
    return Limits(mebibytes << 20, days * _DAY)
