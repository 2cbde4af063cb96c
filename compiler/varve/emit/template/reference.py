"""What the text of a template refers to: the templates that it includes, and the messages that it uses."""

import re
from typing import Final, NamedTuple
from unicodedata import lookup

# Names of templates and messages must be literal strings: `tree` refuses a template otherwise.
_STRING: Final = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
# What is never closed extends to the end; otherwise each of many openings would search for its own end.
_IGNORED: Final = re.compile(
    r"\{#.*?(?:#\}|\Z)|\{%[-+]?\s*raw\s*[-+]?%\}.*?(?:\{%[-+]?\s*endraw\s*[-+]?%\}|\Z)", re.DOTALL
)
_INCLUDED: Final = re.compile(rf"\{{%[-+]?\s*(?:include|import|from)\s+({_STRING})", re.DOTALL)
_MESSAGE: Final = re.compile(rf"text(?<!\wtext)\s*\(\s*({_STRING}(?:\s*{_STRING})*)", re.DOTALL)
_PIECE: Final = re.compile(r""""(?:[^"\\]|\\.|)*+"?|'(?:[^'\\]|\\.|)*+'?""", re.DOTALL)
_LINE_END: Final = re.compile(r"\r\n?")
# Escapes mean the same as in Python strings; an unknown one stays as it is.
_ESCAPE: Final = re.compile(
    r"""\\(?: ([0-7]{1,3}) | x([0-9A-Fa-f]{2}) | u([0-9A-Fa-f]{4}) | U((?:000[0-9A-Fa-f]|0010)[0-9A-Fa-f]{4})
         | N\{([^}]*)\} | (.) )""",
    re.DOTALL | re.VERBOSE,
)
_UNESCAPED: Final = dict(zip("\n\\'\"abfnrtv", ("", *"\\'\"\a\b\f\n\r\t\v"), strict=True))


class References(NamedTuple):
    """The paths of the included templates, and the msgids of the messages."""

    templates: frozenset[str]
    messages: frozenset[str]


def references(text: str) -> References:
    """What a template refers to, even if it cannot be rendered; comments and raw text are ignored."""
    readable = _IGNORED.sub(" ", text)
    return References(
        *(frozenset(_literal(found[1]) for found in each.finditer(readable)) for each in (_INCLUDED, _MESSAGE))
    )


def _literal(strings: str) -> str:
    """The text of adjacent string literals, which Jinja2 concatenates."""
    pieces = (_LINE_END.sub("\n", piece[0][1:-1]) for piece in _PIECE.finditer(strings))
    return "".join(_ESCAPE.sub(_unescaped, piece) for piece in pieces)


def _unescaped(escape: re.Match[str]) -> str:
    octal, *codes, name, character = escape.groups()
    if octal or any(codes):
        return chr(int(octal, 8) if octal else int("".join(filter(None, codes)), 16))
    try:
        return _UNESCAPED.get(character, escape[0]) if character else lookup(name)
    except KeyError:
        return escape[0]
