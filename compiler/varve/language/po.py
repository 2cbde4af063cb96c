"""The syntax of gettext's catalogues (`.po`): a text of the program, and what it is in another language.

Babel reads them too, but in silence it empties a text whose quotes stay open and keeps the first of two translations,
and it asks the clock for the date.
"""

import re
from typing import Final, NamedTuple

from varve.language.fault import Fault

# No other escapes, and none of the private characters that templates put where values stand.
_TEXT: Final = r'"(?:[^"\\\n\ue000\ue001]|\\[ntr"\\]|)*+"'
_LINE: Final = rf"[ \t]*{_TEXT}[ \t]*\r?\n"
_LINES: Final = rf"{_LINE}(?:{_LINE}|)*+"
_ENTRY = re.compile(rf"[ \t]*msgid(?=[ \t])({_LINES})[ \t]*msgstr(?=[ \t])({_LINES})")
_BETWEEN = re.compile(r"(?:[ \t]*(?:#[^\r\n]*+)?\r?\n|)*+")
_FUZZY = re.compile(r"^[ \t]*#,.*\bfuzzy\b", re.MULTILINE)
_BLANK = re.compile(r"\n[ \t]*\r?\n")
_STRING = re.compile(_TEXT)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}


class Entry(NamedTuple):
    """One text, its translation, which is empty where there is none, and where it begins, in characters from the start.

    A `fuzzy` translation is a guess that a person has yet to confirm.
    """

    offset: int
    text: str
    translation: str
    fuzzy: bool


def read(text: str) -> tuple[Entry, ...] | Fault:
    """The entries of a catalogue in their order, the header (the translation of the empty text) among them."""
    lines = f"{text}\n"
    entries: list[Entry] = []
    end, comments = _comments(lines, 0)
    while end < len(lines):
        found = _ENTRY.match(lines, end)
        if found is None:
            return Fault("an entry must be `msgid` and `msgstr`, each with text between double quotes", end)
        entries.append(Entry(end, _value(found[1]), _value(found[2]), _FUZZY.search(comments) is not None))
        end, comments = _comments(lines, found.end())
    return tuple(entries)


def _comments(lines: str, start: int) -> tuple[int, str]:
    """Where the blank lines and comments from `start` on end, and those comments that belong to what follows."""
    found = _BETWEEN.match(lines, start)
    between = found[0] if found else ""
    return start + len(between), _BLANK.split(between)[-1]


def _value(written: str) -> str:
    return "".join(_ESCAPE.sub(_unescape, each[1:-1]) for each in _STRING.findall(written))


def _unescape(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1], found[1])
