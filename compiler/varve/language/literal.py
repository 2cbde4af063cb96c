"""Strings as Go writes them, and PromQL after it: what they say, and how they are written."""

import re
from typing import Final, Literal, TypeAlias

from varve.language.fault import Fault

Quote: TypeAlias = Literal['"', "'", "`"]

_ESCAPE: Final = re.compile(
    r"\\(?: (?P<letter>[abfnrtv\\]) | (?P<quote>['\"]) | (?:x(?P<byte>[0-9A-Fa-f]{2}) | (?P<octal>[0-3][0-7]{2}))"
    r" | (?:u(?P<short>[0-9A-Fa-f]{4}) | U(?P<long>[0-9A-Fa-f]{8})) | . )",
    re.VERBOSE | re.DOTALL,
)
_LETTERS: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_WRITTEN: Final = {character: f"\\{letter}" for letter, character in _LETTERS.items()}
_TABLES: Final = {quote: str.maketrans({**_WRITTEN, quote: f"\\{quote}"}) for quote in "\"'"}
_UNREADABLE: Final = "\ufffd"  # Prometheus takes this character for a byte that is no UTF-8
_BYTES: Final = 0xDC00  # where Python keeps bytes that are no text yet


def read(literal: str) -> str | Fault:
    """What the string `literal`, quotes included, says, or why Prometheus or Python could not hold it."""
    if _UNREADABLE in literal:
        return Fault("U+FFFD is not allowed in a string", literal.index(_UNREADABLE))
    return unquote(literal)


def unquote(literal: str) -> str | Fault:
    """What the string `literal`, quotes included, says where Go alone reads it."""
    quote, body = literal[0], literal[1:-1]
    if quote == "`" or "\\" not in body:
        return body
    pieces, end = [], 0
    for found in _ESCAPE.finditer(body):
        said = _escaped(found, quote)
        if said is None:
            return Fault(f"unknown escape sequence `{found[0]}` in a string", found.start() + 1)
        pieces += [body[end : found.start()], said]
        end = found.end()
    return _text("".join([*pieces, body[end:]]))


def _escaped(found: re.Match[str], quote: str) -> str | None:
    match found.lastgroup:
        case "letter":
            return _LETTERS[found["letter"]]
        case "quote":
            return quote if found["quote"] == quote else None
        case "byte" | "octal":
            byte = int(found["byte"], 16) if found["byte"] else int(found["octal"], 8)
            return chr(byte) if byte < 0x80 else chr(_BYTES + byte)  # noqa: PLR2004
        case "short" | "long":
            return _character(int(found["short"] or found["long"], 16))
    return None


def _character(code: int) -> str | None:
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else None  # noqa: PLR2004


def _text(said: str) -> str | Fault:
    try:
        return said.encode(errors="surrogateescape").decode()
    except UnicodeDecodeError:
        return Fault("the bytes of a string are not UTF-8", 0)


def write(text: str) -> str:
    """The string that says `text`, between double quotes."""
    return '"' + text.translate(_TABLES['"']) + '"'


def escape(text: str, quote: Quote) -> str | None:
    """`text` made safe inside a string between two `quote`s; None where such a string cannot hold it."""
    if _UNREADABLE in text:
        return None
    if quote == "`":
        return None if "`" in text else text
    return text.translate(_TABLES[quote])
