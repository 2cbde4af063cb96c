"""Texts beside other values: which are unambiguous, and which need quotes."""

import re
from typing import Final

_NEEDS_QUOTES: Final = re.compile(
    r"true|false|null|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\".*|\s.*|.*\s|", re.DOTALL
)


def is_plain(text: str, others: re.Pattern[str]) -> bool:
    """Whether a text without quotes cannot be mistaken for another value, or for a phrase that matches `others`."""
    return not _NEEDS_QUOTES.fullmatch(text) and not others.fullmatch(text)
