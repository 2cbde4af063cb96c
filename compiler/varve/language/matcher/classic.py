"""The classic grammar, the only one before Alertmanager 0.27: lenient, and split at commas before parsing."""

import re
from collections.abc import Iterator
from typing import Final

from varve.language.fault import Fault, quote, surrogate
from varve.language.matcher.matcher import SPACE, Matcher, make

_BLANK: Final = "\t\n\f\r "  # what `\s` is in Go
_START: Final = re.compile(rf"[{_BLANK}]*([a-zA-Z_:][a-zA-Z0-9_:]*)[{_BLANK}]*(=~|=|!=|!~)[{_BLANK}]*")
_TRIMMED: Final = re.compile(rf"[{SPACE}]*+((?:[{SPACE}]*+[^{SPACE}]++|)*+)")
_ESCAPE: Final = re.compile(r'\\([n"\\])')


def read_classic(text: str) -> tuple[Matcher, ...] | Fault:
    """The matchers of `text`, none if it is empty, or where and why the classic grammar refuses it."""
    if fault := surrogate(text):
        return fault
    found: list[Matcher] = []
    for piece, offset in _pieces(text):
        matcher = _matcher(piece, offset)
        if isinstance(matcher, Fault):
            return matcher
        found.append(matcher)
    return tuple(found)


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """The parts of the text between commas outside quotes, with offsets; the last is trimmed, and omitted if blank.

    A backslash before a comma inside quotes still escapes what follows the comma, as in Alertmanager.
    """
    start = 1 if text.startswith("{") else 0
    end = start + len(text[start:].removesuffix("}"))
    quoted = escaped = False
    for offset in range(start, end):
        match text[offset]:
            case ",":
                if not quoted:
                    yield text[start:offset], start
                    start = offset + 1
            case '"':
                quoted, escaped = quoted if escaped else not quoted, False
            case "\\":
                escaped = not escaped
            case _:
                escaped = False
    last = _TRIMMED.match(text, start, end)
    if last and last[1]:
        yield last[1], last.start(1)


def _matcher(piece: str, offset: int) -> Matcher | Fault:
    found = _START.match(piece)
    if found is None:
        return Fault(f"{quote(piece)} is not a label followed by `=`, `!=`, `=~` or `!~`", offset)
    value = _value(piece[found.end() :].rstrip(_BLANK), offset + found.end())
    return value if isinstance(value, Fault) else make(found[1], found[2], value, offset + found.end())


def _value(raw: str, offset: int) -> str | Fault:
    body = raw.removeprefix('"')
    bare = _ESCAPE.sub("__", body)
    match body != raw, bare.count('"'):
        case False, 0:
            return _ESCAPE.sub(_unescaped, body)
        case True, 1 if bare.endswith('"'):
            return _ESCAPE.sub(_unescaped, body[:-1])
    return Fault(f'the value {quote(raw)} is not enclosed in a pair of quotes; write `\\"` for one inside', offset)


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found[1] == "n" else found[1]
