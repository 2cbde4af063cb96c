"""The syntax of gettext's catalogues (`.po`): texts and their translations.

Babel reads them too, but it silently empties a text whose quotes are not closed, keeps the first of two translations,
and reads the clock.
"""

import re
from typing import Final, NamedTuple

from varve.language.fault import Fault

# No other escapes, and neither of the private characters that templates use as placeholders.
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
    """One text and its translation, empty if there is none; `offset` counts characters from the start of the catalogue.

    A `fuzzy` translation is a guess that a person has yet to confirm.
    """

    offset: int
    text: str
    translation: str
    fuzzy: bool


def read(text: str) -> tuple[Entry, ...] | Fault:
    """The entries of a catalogue in their order, including the header (the translation of the empty text)."""
    lines = f"{text}\n"
    entries: list[Entry] = []
    end, comments = _skipped(lines, 0)
    while end < len(lines):
        found = _ENTRY.match(lines, end)
        if found is None:
            return Fault("an entry must be `msgid` and `msgstr`, each with text between double quotes", end)
        entries.append(Entry(end, _value(found[1]), _value(found[2]), _FUZZY.search(comments) is not None))
        end, comments = _skipped(lines, found.end())
    return tuple(entries)


def _skipped(lines: str, start: int) -> tuple[int, str]:
    """The end of the blank lines and comments from `start` on, and the comments that belong to the next entry."""
    found = _BETWEEN.match(lines, start)
    between = found[0] if found else ""
    return start + len(between), _BLANK.split(between)[-1]


def _value(written: str) -> str:
    return "".join(_ESCAPE.sub(_unescape, each[1:-1]) for each in _STRING.findall(written))


def _unescape(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1], found[1])
