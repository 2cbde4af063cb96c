"""The type of a format: the rule for texts that do not have it, and a function that says why."""

import re
from collections.abc import Callable
from typing import NamedTuple

from varve.model.diagnostic import Rule


class Format(NamedTuple):
    """A format: the rule for texts that do not have it, what the message says of them, and a function that says why.

    A reason that begins with `write`, `use` or `begin` is itself the hint; for any other, `advice` is.
    """

    rule: Rule
    denial: str
    fault: Callable[[str], str | None]
    advice: str = ""


def matching(wanted: re.Pattern[str], advice: str) -> Callable[[str], str | None]:
    """A function that returns `advice` for a text that does not match the whole pattern, and None otherwise."""
    return lambda text: None if wanted.fullmatch(text) else advice
