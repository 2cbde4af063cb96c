"""The tokens of a PromQL text, including blanks and comments, so that it can be edited by position."""

import re
from enum import Enum
from typing import Final, NamedTuple

from varve.language.fault import Fault


class Kind(Enum):
    """The kind of a token."""

    SPACE = "space"
    COMMENT = "comment"
    NAME = "name"  # of a metric, a label or a function
    KEYWORD = "keyword"  # an operator that is a word, an aggregator, or a modifier
    NUMBER = "number"
    DURATION = "duration"
    STRING = "string"
    OPERATOR = "operator"  # arithmetic and comparison; between braces, the operator of a matcher
    MARK = "mark"  # ( ) { } [ ] , : @

    __hash__ = object.__hash__  # by identity, like the comparison of members; that of `Enum` is slow


class Token(NamedTuple):
    """A part of a text, from `start` to `end`, exclusive."""

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

# The three modes of the lexer: outside, between braces, and between brackets. Only the first has keywords, and only in
# the last a colon is a mark instead of a part of a name.
_OUTSIDE: Final = re.compile(
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
_MODES: Final = {"{": _BRACES, "[": _BRACKETS, "}": _OUTSIDE, "]": _OUTSIDE}
_KINDS: Final = {kind.value: kind for kind in Kind}


def lex(text: str) -> list[Token] | Fault:
    """The tokens of `text`, without gaps, or the fault of what is no token of PromQL."""
    tokens: list[Token] = []
    mode, position, length = _OUTSIDE, 0, len(text)
    while position < length:
        found = mode.match(text, position)
        if found is None:
            return _stray(text, position, mode)
        piece, end = found[0], found.end()
        kind = _KINDS[found.lastgroup or ""]
        if kind is Kind.NAME and mode is _OUTSIDE:
            kind = _word(piece, text, end)
        elif kind is Kind.MARK and piece in _MODES:
            mode = _MODES[piece]
        tokens.append(Token(kind, piece, position, end))
        position = end
    if mode is not _OUTSIDE:
        return Fault("unclosed left brace" if mode is _BRACES else "unclosed left bracket", length)
    return tokens


def _word(piece: str, text: str, end: int) -> Kind:
    word = piece.lower()
    if word in KEYWORDS or (word in _FILLS and text[end:].lstrip(" \t\r\n").startswith("(")):
        return Kind.KEYWORD
    return Kind.NUMBER if word in _NUMBERS else Kind.NAME


def _stray(text: str, position: int, mode: re.Pattern[str]) -> Fault:
    character = text[position]
    if character in "\"'`" and mode is not _BRACKETS:
        return Fault("unterminated string", position)
    if character.isdigit() and mode is not _BRACES:
        return Fault("bad number or duration", position)
    where = {_BRACES: " between braces", _BRACKETS: " between brackets"}.get(mode, "")
    return Fault(f"unexpected character `{character}`{where}", position)
