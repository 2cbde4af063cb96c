"""Texts among other values: which say what they are by themselves, and which need quotes to be told apart."""

import re
from typing import Final

_LIKE_ANOTHER: Final = re.compile(
    r"true|false|null|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\".*|\s.*|.*\s|", re.DOTALL
)


def is_plain(text: str, others: re.Pattern[str]) -> bool:
    """Whether nobody takes a text for another value, nor for what is said in the place of one, which is `others`."""
    return not _LIKE_ANOTHER.fullmatch(text) and not others.fullmatch(text)
