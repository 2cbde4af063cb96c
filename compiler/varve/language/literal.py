"""String literals of Go, and of PromQL, which follows it: reading, writing and escaping."""

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
_REPLACEMENT: Final = "\ufffd"  # Prometheus mistakes this character for invalid UTF-8
_SURROGATE_BYTES: Final = 0xDC00  # where `surrogateescape` puts bytes that are not decoded yet


def read(literal: str) -> str | Fault:
    """The value of the string `literal`, quotes included, or why Prometheus or Python could not represent it."""
    if _REPLACEMENT in literal:
        return Fault("U+FFFD is not allowed in a string", literal.index(_REPLACEMENT))
    return unquote(literal)


def unquote(literal: str) -> str | Fault:
    """The value of the string `literal`, quotes included, by the rules of Go alone."""
    quote, body = literal[0], literal[1:-1]
    if quote == "`" or "\\" not in body:
        return body
    pieces, end = [], 0
    for found in _ESCAPE.finditer(body):
        value = _escaped(found, quote)
        if value is None:
            return Fault(f"unknown escape sequence `{found[0]}` in a string", found.start() + 1)
        pieces += [body[end : found.start()], value]
        end = found.end()
    return _decoded("".join([*pieces, body[end:]]))


def _escaped(found: re.Match[str], quote: str) -> str | None:
    match found.lastgroup:
        case "letter":
            return _LETTERS[found["letter"]]
        case "quote":
            return quote if found["quote"] == quote else None
        case "byte" | "octal":
            byte = int(found["byte"], 16) if found["byte"] else int(found["octal"], 8)
            return chr(byte) if byte < 0x80 else chr(_SURROGATE_BYTES + byte)  # noqa: PLR2004
        case "short" | "long":
            return _character(int(found["short"] or found["long"], 16))
    return None


def _character(code: int) -> str | None:
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else None  # noqa: PLR2004


def _decoded(raw: str) -> str | Fault:
    try:
        return raw.encode(errors="surrogateescape").decode()
    except UnicodeDecodeError:
        return Fault("the bytes of a string are not UTF-8", 0)


def write(text: str) -> str:
    """The literal of `text`, in double quotes."""
    return '"' + text.translate(_TABLES['"']) + '"'


def escape(text: str, quote: Quote) -> str | None:
    """`text` escaped for a literal between two `quote`s; None if such a literal cannot contain it."""
    if _REPLACEMENT in text:
        return None
    if quote == "`":
        return None if "`" in text else text
    return text.translate(_TABLES[quote])
