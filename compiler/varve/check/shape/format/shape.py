"""What a format is: the rule that a text breaks which is not of it, and why."""

import re
from collections.abc import Callable
from typing import NamedTuple

from varve.model.diagnostic import Rule


class Format(NamedTuple):
    """A format: the rule that a text breaks which is not of it, how to say so, and a function that says why.

    A reason that begins with `write`, `use` or `begin` is the way out itself; `advice` is it for any other.
    """

    rule: Rule
    denial: str
    fault: Callable[[str], str | None]
    advice: str = ""


def matching(wanted: re.Pattern[str], advice: str) -> Callable[[str], str | None]:
    """What says of a text that does not match all of a pattern how to write it."""
    return lambda text: None if wanted.fullmatch(text) else advice
