"""From a PromQL text to its tokens, blanks and comments included, so that a text can be changed by position."""

import re
from enum import Enum
from typing import Final, NamedTuple

from varve.language.fault import Fault


class Kind(Enum):
    """What a token is; its text tells which one."""

    SPACE = "space"
    COMMENT = "comment"
    NAME = "name"  # of a metric, a label or a function
    KEYWORD = "keyword"  # an operator that is a word, an aggregator, or a word that changes another
    NUMBER = "number"
    DURATION = "duration"
    STRING = "string"
    OPERATOR = "operator"  # arithmetic and comparison; between braces, the operator of a matcher
    MARK = "mark"  # ( ) { } [ ] , : @

    __hash__ = object.__hash__  # by identity, as members are compared: the usual one is slow


class Token(NamedTuple):
    """A piece of a text, from `start` to before `end`."""

    kind: Kind
    text: str
    start: int
    end: int


BLANK: Final = frozenset({Kind.SPACE, Kind.COMMENT})
WORD_OPERATORS: Final = frozenset({"and", "or", "unless", "atan2"})
AGGREGATORS: Final = frozenset(
    {"sum", "avg", "count", "min", "max", "group", "stddev", "stdvar"}
    | {"topk", "bottomk", "count_values", "quantile", "limitk", "limit_ratio"}
)
GROUPERS: Final = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
KEYWORDS: Final = (
    WORD_OPERATORS
    | AGGREGATORS
    | GROUPERS
    | {"offset", "bool", "start", "end", "step", "range", "max_of", "min_of", "smoothed", "anchored"}
)
_FILLS: Final = frozenset({"fill", "fill_left", "fill_right"})  # keywords only before a parenthesis
_NUMBERS: Final = frozenset({"inf", "nan"})

_STRING: Final = r""" "(?:[^"\\\n]|\\.|)*+" | '(?:[^'\\\n]|\\.|)*+' | `[^`]*+` """
_AMOUNT: Final = r"""
    (?P<duration> [0-9]++(?:ms|[smhdwy])(?:[0-9]++(?:ms|[smhdw])|)*+ (?![A-Za-z0-9_.]) )
  | (?P<number> (?: 0[xX]_?+[0-9A-Fa-f]++(?:_[0-9A-Fa-f]++|)*+
        | (?: [0-9]++(?:_[0-9]++|)*+ (?>\.(?>[0-9]++(?:_[0-9]++|)*+|)|) | \.[0-9]++(?:_[0-9]++|)*+ )
          (?> [eE][+-]?+[0-9]++(?:_[0-9]++|)*+ |) )
        (?![A-Za-z0-9_.]) )"""

# The three ways to read a text: at large, between braces, between brackets. Only the first knows keywords, and only
# the last reads a colon as a mark instead of a part of a name.
_LARGE: Final = re.compile(
    rf"""(?P<space>[ \t\r\n]++) | (?P<comment>\#[^\r\n]*+) | (?P<name>[A-Za-z_:][A-Za-z0-9_:]*+) | {_AMOUNT}
      | (?P<mark>[](){{}}[,@]) | (?P<operator>[=!<>]=|[<>]/|[-+*/%^<>=]) | (?P<string>{_STRING})""",
    re.VERBOSE,
)
_BRACES: Final = re.compile(
    rf"""(?P<space>[ \t\r\n]++) | (?P<comment>\#[^\r\n]*+) | (?P<name>[A-Za-z_][A-Za-z0-9_]*+)
      | (?P<operator>=~|!~|!=|=) | (?P<mark>[}},]) | (?P<string>{_STRING})""",
    re.VERBOSE,
)
_BRACKETS: Final = re.compile(
    rf"(?P<space>[ \t\r\n]++) | (?P<name>[A-Za-z_]++) | {_AMOUNT} | (?P<mark>[]:(),]) | (?P<operator>[-+*/%^])",
    re.VERBOSE,
)
_READERS: Final = {"{": _BRACES, "[": _BRACKETS, "}": _LARGE, "]": _LARGE}
_KINDS: Final = {kind.value: kind for kind in Kind}


def lex(text: str) -> list[Token] | Fault:
    """The tokens of `text`, which together are the whole of it, or what cannot be a token of PromQL."""
    tokens: list[Token] = []
    reader, position, length = _LARGE, 0, len(text)
    while position < length:
        found = reader.match(text, position)
        if found is None:
            return _stray(text, position, reader)
        piece, end = found[0], found.end()
        kind = _KINDS[found.lastgroup or ""]
        if kind is Kind.NAME and reader is _LARGE:
            kind = _word(piece, text, end)
        elif kind is Kind.MARK and piece in _READERS:
            reader = _READERS[piece]
        tokens.append(Token(kind, piece, position, end))
        position = end
    if reader is not _LARGE:
        return Fault("unclosed left brace" if reader is _BRACES else "unclosed left bracket", length)
    return tokens


def _word(piece: str, text: str, end: int) -> Kind:
    word = piece.lower()
    if word in KEYWORDS or (word in _FILLS and text[end:].lstrip(" \t\r\n").startswith("(")):
        return Kind.KEYWORD
    return Kind.NUMBER if word in _NUMBERS else Kind.NAME


def _stray(text: str, position: int, reader: re.Pattern[str]) -> Fault:
    character = text[position]
    if character in "\"'`" and reader is not _BRACKETS:
        return Fault("unterminated string", position)
    if character.isdigit() and reader is not _BRACES:
        return Fault("bad number or duration", position)
    where = {_BRACES: " between braces", _BRACKETS: " between brackets"}.get(reader, "")
    return Fault(f"unexpected character `{character}`{where}", position)
