"""Time zones by their IANA names, from the pinned `tzdata` package, never from the machine."""

from functools import lru_cache
from pkgutil import get_data
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def is_timezone(text: str) -> bool:
    """Whether `text` is exactly the name of a time zone, in the right case."""
    return text in names()


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Every name in the database, including old ones, but not `Factory`, which stands for an unset time zone."""
    listed = cast("bytes", get_data("tzdata", "zones")).decode("ascii")
    return frozenset(listed.split()) - {"Factory"}


@lru_cache(maxsize=64)
def zone(name: str) -> "ZoneInfo":
    """The time zone with a name of the database, read from the package."""
    from importlib.resources import files
    from zoneinfo import ZoneInfo

    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
