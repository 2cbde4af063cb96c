"""Versions of the target systems: `3.5`, `0.34.1`."""

import re
from typing import NamedTuple

_VERSION = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})(?:\.(0|[1-9][0-9]{0,5}))?")


class Version(NamedTuple):
    """A version, compared number by number; without a patch it is that of patch 0."""

    major: int
    minor: int
    patch: int = 0

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}" + (f".{self.patch}" if self.patch else "")


def parse(text: str) -> Version | None:
    """The version that `text` names by two or three numbers without leading zeros, or None."""
    found = _VERSION.fullmatch(text)
    return Version(*map(int, found.groups(default="0"))) if found else None
