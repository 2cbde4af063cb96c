"""Decodes bytes to text, with the checks that all formats share."""

import re
from typing import Final

from varve.model.diagnostic import Place, Report, Rule, Span
from varve.model.source import Source
from varve.read import invisible
from varve.read.mark import Lines

LIMIT: Final = 1 << 20
"""The maximum size of a source, in bytes."""

TOO_LARGE = Rule(
    "read/too-large",
    "A source is larger than 1 MiB",
    "Sources are written by people and read by people; one of this size is generated, or is not configuration at all. "
    "The limit also bounds the time and memory that one file can cost everybody else. Split the file: one service, "
    "one user or one rule file each.",
)

NOT_UTF8 = Rule(
    "read/not-utf8",
    "A source is not plain UTF-8",
    "Every source is UTF-8 without a byte order mark, so that one text has one meaning in every editor and on every "
    "machine. Other encodings would have to be guessed, and guesses differ. Save the file again as UTF-8 without BOM.",
)

CONTROL_CHARACTER = Rule(
    "read/control-character",
    "A source contains a control character",
    "Control characters can move a terminal's cursor, end a line for one reader and not for the next, or hide in a "
    "name. Only the tab and the line feed are allowed, and the carriage return just before a line feed; the Unicode "
    "line and paragraph separators, a byte order mark inside the text, lone surrogates, and U+E000 and U+E001, which "
    "varve reserves, are refused too, even when written as escapes. Remove the character; where a text needs a line "
    "break, write a line feed.",
)

BIDIRECTIONAL_CHARACTER = Rule(
    "read/bidirectional-character",
    "A source contains a character that changes the direction of text",
    "Bidirectional controls make a line look different from what it says, so a reviewer approves one thing and the "
    "compiler reads another. Arabic and Hebrew text does not need them. Remove the character.",
)

HIDDEN_CHARACTER = Rule(
    "read/hidden-character",
    "A source contains an invisible character",
    "Zero-width characters, soft hyphens, fillers, tags and variation selectors make two texts that look alike "
    "differ, and can hide whole sentences from a reviewer. Values may contain what scripts need: the joiners U+200C "
    "and U+200D after a letter of a script that joins its letters, U+200D between two emoji, and U+FE0E and U+FE0F "
    "after one. In keys, which are names, they are refused too. Remove the character.",
)

_BOM: Final = b"\xef\xbb\xbf"
_CONTROLS: Final = bytes(code for code in (*range(32), 127) if chr(code) not in "\t\n")


def decode(source: Source, report: Report) -> str | None:
    """The text of `source`, or None after reporting why it cannot be decoded."""
    data = source.data
    if len(data) > LIMIT:
        # The actual size is unknown: `world` reads no further than this.
        hint = "split it: one service, one user or one rule file each"
        report.add(TOO_LARGE, f"the file has more than {LIMIT} bytes", Place(source.path), hint=hint)
        return None
    # This is sixteen times faster than the search below, and nearly every source passes here.
    if data.isascii() and len(data.translate(None, _CONTROLS)) == len(data):
        return data.decode()
    text = _utf8(source, report)
    if text is None or not _visible(text, source.path, report):
        return None
    return text


def _utf8(source: Source, report: Report) -> str | None:
    if source.data.startswith(_BOM):
        place = Place(source.path, span=Span(1, 1, 1))
        report.add(NOT_UTF8, "the file begins with a byte order mark", place, hint="save it as UTF-8 without BOM")
        return None
    try:
        return source.data.decode()
    except UnicodeDecodeError as error:
        before = source.data[: error.start].decode()
        message = f"byte 0x{source.data[error.start]:02x} is not UTF-8"
        place = Place(source.path, span=Lines(before + "?").span(len(before), len(before) + 1))
        report.add(NOT_UTF8, message, place, hint="save the file as UTF-8")
        return None


def _visible(text: str, file: str, report: Report) -> bool:
    found = invisible.find(text)
    if found is None:
        return True
    place = Place(file, span=Lines(text).span(found.start(), found.start() + 1))
    where = "here" if invisible.depends_on_context(found[0]) else "in a source"
    report.add(rule(found[0]), f"`{name(found[0])}` is not allowed {where}", place, hint="remove the character")
    return False


def rule(character: str) -> Rule:
    """The rule that forbids an invisible character."""
    if re.match(invisible.BIDIRECTIONAL, character):
        return BIDIRECTIONAL_CHARACTER
    return CONTROL_CHARACTER if re.match(invisible.CONTROL, character) else HIDDEN_CHARACTER


def name(character: str) -> str:
    """The code point of an invisible character, as messages write it."""
    return f"U+{ord(character):04X}"
