"""Writing a matcher so that every mode of Alertmanager reads the same."""

import re
from typing import Final

from varve.language.matcher.matcher import Matcher

_CLASSIC: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
# The classic grammar knows these three escapes and no others.
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def write(matcher: Matcher) -> str:
    """The matcher on one line; a label that only the UTF-8 grammar can name stands between quotes too."""
    name = matcher.name if _CLASSIC.fullmatch(matcher.name) else _quoted(matcher.name)
    return f"{name}{matcher.op}{_quoted(matcher.value)}"


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'
