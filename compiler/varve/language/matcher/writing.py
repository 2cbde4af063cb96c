"""Writes a matcher so that every mode of Alertmanager reads it alike."""

import re
from typing import Final

from varve.language.matcher.matcher import Matcher

_CLASSIC: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
# The classic grammar has only these three escapes.
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def write(matcher: Matcher) -> str:
    """The matcher on one line; a label name that only the UTF-8 grammar allows is quoted too."""
    name = matcher.name if _CLASSIC.fullmatch(matcher.name) else _quoted(matcher.name)
    return f"{name}{matcher.op}{_quoted(matcher.value)}"


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'
