"""Faults: why a text is not valid in a small language."""

import re
from typing import Final, NamedTuple

_LONGEST_QUOTE: Final = 60
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Fault(NamedTuple):
    """Why a text is refused: one sentence, lower case, no full stop; `offset` counts characters from its start."""

    message: str
    offset: int | None = None


def surrogate(text: str) -> Fault | None:
    """The fault of half a surrogate pair in `text`, if any: JSON can express one, but UTF-8 cannot."""
    found = None if text.isascii() else _SURROGATE.search(text)
    return Fault("half a surrogate pair is not a character", found.start()) if found else None


def quote(text: str) -> str:
    """A part of a text as a message shows it: on one line, and cut if it is long."""
    shown = " ".join(text.split())
    return f"`{shown}`" if len(shown) <= _LONGEST_QUOTE else f"`{shown[: _LONGEST_QUOTE - 1]}…`"
