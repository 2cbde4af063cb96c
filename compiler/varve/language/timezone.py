"""Time zones by their IANA names, from the pinned `tzdata` package and never from the machine's own."""

from functools import lru_cache
from importlib.resources import files


def is_timezone(text: str) -> bool:
    """Whether `text` is the name of a time zone, letter by letter."""
    return text in names()


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Every name that the database knows, old ones too; `Factory`, which means that none was set, is not one."""
    listed = files("tzdata").joinpath("zones").read_text(encoding="ascii")
    return frozenset(listed.split()) - {"Factory"}
