"""Time zones by their IANA names, from the pinned `tzdata` package and never from the machine's own."""

from functools import lru_cache
from pkgutil import get_data
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def is_timezone(text: str) -> bool:
    """Whether `text` is the name of a time zone, letter by letter."""
    return text in names()


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Every name that the database knows, old ones too; `Factory`, which means that none was set, is not one."""
    listed = cast("bytes", get_data("tzdata", "zones")).decode("ascii")
    return frozenset(listed.split()) - {"Factory"}


@lru_cache(maxsize=64)
def zone(name: str) -> "ZoneInfo":
    """The time zone of a name that the database knows, made of the package's bytes."""
    from importlib.resources import files
    from zoneinfo import ZoneInfo

    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
