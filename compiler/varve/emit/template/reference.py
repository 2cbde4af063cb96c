"""What the text of a template names: the templates that it includes, and the messages that it says."""

import re
from typing import Final, NamedTuple
from unicodedata import lookup

# Both are written out, or the template is refused: `tree` sees to it.
_STRING: Final = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
# What is never closed goes to the end: else each beginning of many would look for an end of its own.
_UNREAD: Final = re.compile(
    r"\{#.*?(?:#\}|\Z)|\{%[-+]?\s*raw\s*[-+]?%\}.*?(?:\{%[-+]?\s*endraw\s*[-+]?%\}|\Z)", re.DOTALL
)
_INCLUDED: Final = re.compile(rf"\{{%[-+]?\s*(?:include|import|from)\s+({_STRING})", re.DOTALL)
_SAID: Final = re.compile(rf"text(?<!\wtext)\s*\(\s*({_STRING}(?:\s*{_STRING})*)", re.DOTALL)
_PIECE: Final = re.compile(r""""(?:[^"\\]|\\.|)*+"?|'(?:[^'\\]|\\.|)*+'?""", re.DOTALL)
_LINE_END: Final = re.compile(r"\r\n?")
# In a template's string an escape means what it means in Python's, and what is none stands as it is.
_ESCAPE: Final = re.compile(
    r"""\\(?: ([0-7]{1,3}) | x([0-9A-Fa-f]{2}) | u([0-9A-Fa-f]{4}) | U((?:000[0-9A-Fa-f]|0010)[0-9A-Fa-f]{4})
         | N\{([^}]*)\} | (.) )""",
    re.DOTALL | re.VERBOSE,
)
_WRITTEN: Final = dict(zip("\n\\'\"abfnrtv", ("", *"\\'\"\a\b\f\n\r\t\v"), strict=True))


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
    pieces = (_LINE_END.sub("\n", piece[0][1:-1]) for piece in _PIECE.finditer(strings))
    return "".join(_ESCAPE.sub(_written, piece) for piece in pieces)


def _written(escape: re.Match[str]) -> str:
    octal, *codes, named, one = escape.groups()
    if octal or any(codes):
        return chr(int(octal, 8) if octal else int("".join(filter(None, codes)), 16))
    try:
        return _WRITTEN.get(one, escape[0]) if one else lookup(named)
    except KeyError:
        return escape[0]
