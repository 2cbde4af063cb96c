"""PromQL: what a value may be depends on the token that its place is, or is part of."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from varve.emit.template import given, plain
from varve.emit.template.form import (
    ODD_BACKSLASHES,
    Form,
    Marker,
    Misfit,
    Shape,
    StandIn,
    Write,
    Written,
    assemble,
    at,
    itself,
    whole,
)
from varve.emit.template.given import SCALARS, Given
from varve.language import promql, regex
from varve.language.fault import Fault
from varve.language.promql import Kind, Quote, Token
from varve.language.promql.reading import LONGEST

_ATOMS: Final = frozenset({Kind.NAME, Kind.NUMBER, Kind.DURATION})
_EQUALITY: Final = frozenset({"=", "!="})
_REGEX_OPERATORS: Final = frozenset({"=~", "!~"})
_ARITHMETIC: Final = frozenset("+-*/%^")
_COMPARISON: Final = frozenset({"==", "!=", ">", "<", ">=", "<="})
_SMALL: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]+)?")  # larger ones may be out of range for a timestamp or an offset
_NEEDED: Final = "not a number, duration, name, selector or whole expression"


# Only one kind of quote, and nothing in which that quote would be an ordinary character. A string cannot continue on
# the next line: one that does is left as it is, with whatever makes the text invalid.
_SIMPLE: Final = re.compile(r"[^'`#\\]*")
_STRING: Final = re.compile(r'(=?)"([^"\n]*)"')


class _Around(NamedTuple):
    """The tokens on both sides of a place, and whether it has none on either."""

    before: str
    after: str
    is_alone: bool


class _Fitted(NamedTuple):
    """How a text enters between tokens: how many characters are cut off at each end, and whether in parentheses."""

    before: int
    after: int
    parenthesized: bool


def _shape(parts: tuple[str, ...]) -> Shape | Misfit:
    marker = Marker.unlike(parts)
    tokens = promql.lex(marker.text(parts))
    if isinstance(tokens, Fault):
        return Misfit(f"a value is not allowed here: {marker.hidden(tokens.message)}")
    significant = [each for each in tokens if each.kind not in promql.BLANK]
    pieces: list[str | Shape] = []
    index = -1
    for token in tokens:
        index += token.kind not in promql.BLANK
        read = _read(token, marker, _around(significant, index)) if marker.stem in token.text else [token.text]
        if isinstance(read, Misfit):
            return read
        pieces += read
    return assemble(pieces)


def _around(tokens: list[Token], index: int) -> _Around:
    before = tokens[index - 1].text if index > 0 else ""
    after = tokens[index + 1].text if index + 1 < len(tokens) else ""
    return _Around(before, after, len(tokens) == 1)


def _read(token: Token, marker: Marker, around: _Around) -> list[str | Shape] | Misfit:
    parts, positions = marker.split(token.text)
    if token.kind is Kind.COMMENT:
        return Misfit("a value is not allowed in a comment", positions[0], "move it out of the comment")
    if token.kind is Kind.STRING:
        return _string(parts, positions, around)
    if parts == ("", ""):
        return [at(positions[0], _operand_of(around), _number_stand_in(around))]
    return [_composed(parts, positions)]


def _string(parts: tuple[str, ...], positions: tuple[int, ...], around: _Around) -> list[str | Shape] | Misfit:
    quote: Quote = parts[0][0]  # type: ignore[assignment]
    if quote != "`" and any(ODD_BACKSLASHES.search(part) for part in parts[:-1]):
        return Misfit("there is a backslash before a value", positions[0], "remove the backslash")
    is_alone = parts == (quote, quote)
    is_regex = around.before in _REGEX_OPERATORS
    # What a label is compared with cannot make a query invalid unless it is empty, and neither can quoted text as a
    # whole pattern.
    stand_in = _neutral_text if around.before in _EQUALITY or (is_regex and is_alone) else itself
    write = _pattern(quote) if is_regex else _literal(quote)
    pieces: list[str | Shape] = [parts[0]]
    for position, part in zip(positions, parts[1:], strict=True):
        pieces += [at(position, write, stand_in), part]
    return pieces


def _neutral_text(value: Given, written: str) -> str:
    return "x" if type(value) is str and value and value.isascii() else written


def _number_stand_in(around: _Around) -> StandIn:
    """The stand-in for a number: beside an operator any number is as valid as `1`, unless it is out of range."""
    return _small_number if around.before in _ARITHMETIC or around.before in _COMPARISON else itself


def _small_number(value: Given, written: str) -> str:
    return "1" if written == given.number(value) and _SMALL.fullmatch(written) else written


# Cached, so that places of one kind share one function, and with it the cache of what was written there.


@lru_cache(maxsize=256)
def _operand_of(around: _Around) -> Write:
    return lambda value: _operand(value, around)


@lru_cache(maxsize=4)
def _literal(quote: Quote) -> Write:
    return lambda value: _escaped(_content(value), quote)


@lru_cache(maxsize=4)
def _pattern(quote: Quote) -> Write:
    return lambda value: _escaped(_pattern_of(value), quote)


def _pattern_of(value: Given) -> str | Misfit:
    """The regular expression that matches a text and nothing else."""
    written = plain.text(value)
    return written if isinstance(written, Misfit) else regex.quote(written)


def _content(value: Given) -> str | Misfit:
    return plain.text(value) if type(value) in SCALARS else Misfit("it is not text")


def _escaped(written: str | Misfit, quote: Quote) -> str | Misfit:
    if isinstance(written, Misfit):
        return written
    escaped = promql.escape(written, quote)
    return Misfit(f"it is not allowed between {quote}") if escaped is None else escaped


def _operand(value: Given, around: _Around) -> str | Misfit:
    """A value between the tokens of an expression."""
    number = given.number(value)
    if number:
        return f"({number})" if number[0] == "-" and _binds(around) else number
    return _part(value, around) if type(value) is str else Misfit(_NEEDED)


def _binds(around: _Around) -> bool:
    """Whether the operator beside a place would change what a sign applies to."""
    return around.before in _ARITHMETIC or around.after == "^"


def _part(value: str, around: _Around) -> str | Misfit:
    """A piece of PromQL between the tokens of an expression."""
    fitted = _fitted(_representative(value), around)
    if isinstance(fitted, Misfit):
        fitted = _fitted(value, around)  # again, so that the message names the value itself
    if isinstance(fitted, Misfit):
        return fitted
    text = value[fitted.before : len(value) - fitted.after]
    return f"({text})" if fitted.parenthesized else text


@lru_cache(maxsize=4096)
def _fitted(value: str, around: _Around) -> _Fitted | Misfit:
    tokens = promql.lex(value)
    significant = [] if isinstance(tokens, Fault) else [each for each in tokens if each.kind not in promql.BLANK]
    if not significant:
        return Misfit(f"{_NEEDED} ({tokens.message})" if isinstance(tokens, Fault) else _NEEDED)
    # Comments around it are cut off: otherwise a last one would swallow what follows.
    before, after = significant[0].start, len(value) - significant[-1].end
    if len(significant) == 1 and significant[0].kind in _ATOMS:
        return _Fitted(before, after, parenthesized=False)
    text = value[before : significant[-1].end]
    wrong = promql.fault(text)
    if wrong:
        return Misfit(f"{_NEEDED} ({wrong.message})")
    # A metric may be called `or`, which would be an operator beside another operand.
    is_operand = significant[0].kind is not Kind.KEYWORD and promql.is_selector(text)
    return _Fitted(before, after, parenthesized=not (around.is_alone or is_operand))


def _composed(parts: tuple[str, ...], positions: tuple[int, ...]) -> Shape:
    """A token of several pieces, checked as a whole once it is written."""
    pieces: list[str | Shape] = [parts[0]]
    for position, part in zip(positions, parts[1:], strict=True):
        pieces += [at(position, _content), part]
    compose = assemble(pieces)

    def shape(values: Sequence[Given]) -> Written | Misfit:
        written = compose(values)
        if isinstance(written, Misfit):
            return written
        if not _is_atom(written[0]):
            return Misfit(f"`{written[0]}` is not a single name, number or duration", positions[0])
        return written

    return shape


@lru_cache(maxsize=1024)
def _is_atom(text: str) -> bool:
    tokens = promql.lex(text)
    return not isinstance(tokens, Fault) and len(tokens) == 1 and tokens[0].kind in _ATOMS


def _whole(value: Given) -> str | Misfit:
    number = given.number(value)
    if number:
        return number
    return value if isinstance(value, str) else Misfit("it is not an expression")


def _representative(text: str) -> str:
    """A text that is valid exactly when `text` is, shared by all that differ only in what labels are compared with."""
    is_simple = len(text) <= LONGEST and text.isascii() and _SIMPLE.fullmatch(text)
    return _STRING.sub(_neutral, text) if is_simple else text


def _neutral(found: re.Match[str]) -> str:
    return '="x"' if found[1] and found[2] else found[0]


def _fault(text: str) -> str | None:
    wrong = promql.fault(text) if _is_faulty(_representative(text)) else None
    return f"it is not valid PromQL: {wrong.message}" if wrong else None


@lru_cache(maxsize=4096)
def _is_faulty(text: str) -> bool:
    return promql.fault(text) is not None


PROMQL: Final = Form(_fault, whole(_whole), _shape)
