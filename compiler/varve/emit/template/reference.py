"""What the text of a template names: the templates that it includes, and the messages that it says."""

import re
from typing import Final, NamedTuple

# Both are written out, or the template is refused: `tree` sees to it.
_STRING: Final = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
# What is never closed goes to the end: else each beginning of many would look for an end of its own.
_UNREAD: Final = re.compile(
    r"\{#.*?(?:#\}|\Z)|\{%[-+]?\s*raw\s*[-+]?%\}.*?(?:\{%[-+]?\s*endraw\s*[-+]?%\}|\Z)", re.DOTALL
)
_INCLUDED: Final = re.compile(rf"\{{%[-+]?\s*(?:include|import|from)\s+({_STRING})", re.DOTALL)
_SAID: Final = re.compile(rf"text(?<!\wtext)\s*\(\s*({_STRING}(?:\s*{_STRING})*)", re.DOTALL)
_PIECE: Final = re.compile(r""""(?:[^"\\]|\\.|)*+"?|'(?:[^'\\]|\\.|)*+'?""", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_WRITTEN: Final = {"n": "\n", "t": "\t", "r": "\r"}


class References(NamedTuple):
    """The paths of templates, and the texts by which messages are asked for."""

    templates: frozenset[str]
    messages: frozenset[str]


def references(text: str) -> References:
    """What a template names, also where it could not be rendered; comments and raw text name nothing."""
    seen = _UNREAD.sub(" ", text)
    return References(*(frozenset(_plain(found[1]) for found in each.finditer(seen)) for each in (_INCLUDED, _SAID)))


def _plain(strings: str) -> str:
    """The text of strings that stand side by side, which Jinja2 reads as one."""
    joined = "".join(piece[0][1:-1] for piece in _PIECE.finditer(strings))
    return _ESCAPE.sub(lambda found: _WRITTEN.get(found[1], found[1]), joined)
