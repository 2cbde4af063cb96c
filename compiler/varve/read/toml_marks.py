"""Marks where each value of a TOML text is, and finds what would cost the parser too much."""

import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from varve.model.diagnostic import Rule, Span
from varve.read import plain
from varve.read.mark import START, Lines, Mark, Marked, Repeat, StopError, add_repeat

# An unclosed string is a token too: if each of its quotes were tried as a start, a broken file could take hours.
_TOKEN: Final = re.compile(
    r"""[ \t\r]*+(?>\#[^\n]*+|)(
        \n | [\[\]{},=.]
        | \"{3}(?:[^"\\]|\\[\s\S]|"(?!"")|)*+(?:"{3,5})? | '{3}(?:[^']|'(?!'')|)*+(?:'{3,5})?
        | "(?:[^"\\\n]|\\.|)*+"? | '[^'\n]*+'?
        | [^ \t\r\n\[\]{},=.\#"']++ | \Z
    )""",
    re.VERBOSE,
)
_Token: TypeAlias = re.Match[str]
_Key: TypeAlias = list[tuple[str, Span]]
_NUMBER: Final = re.compile("[+-]?[0-9_]+")
_MAX_DIGITS: Final = 4000


class Fault(NamedTuple):
    """Something that would cost the parser more time than one file may take."""

    rule: Rule
    message: str
    span: Span


def fault(text: str) -> Fault | None:
    """What in `text` is nested too deep, or has too many digits, for the parser; `text` may be broken."""
    depth = dots = 0
    for token in _TOKEN.finditer(text):
        written = token[1]
        if written in ("[", "{"):
            depth += 1
        elif written in ("]", "}"):
            depth -= 1
        dots = dots + 1 if written == "." else 0 if written in "[]{},=\n" else dots
        if depth >= plain.DEPTH or dots >= plain.DEPTH:
            return Fault(plain.TOO_DEEP, plain.TOO_DEEP_MESSAGE, Lines(text).span(*token.span(1)))
        if len(written) > _MAX_DIGITS and _NUMBER.fullmatch(written):
            return Fault(plain.INTEGER_TOO_LARGE, plain.INTEGER_MESSAGE, Lines(text).span(*token.span(1)))
    return None


@dataclass(slots=True)
class _Marking:
    """The tokens of a text, how many are consumed, its repeated keys, and the ids of marks that may not be set again.

    `values` are the marks that were set by `key = value`, `tables` those that were defined as tables.
    """

    tokens: list[_Token]
    lines: Lines
    at: int = 0
    repeats: list[Repeat] = field(default_factory=list)
    values: set[int] = field(default_factory=set)
    tables: set[int] = field(default_factory=set)

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[min(self.at, len(self.tokens)) - 1]

    def span(self, token: _Token) -> Span:
        return self.lines.span(*token.span(1))


def mark(text: str) -> Marked:
    """The marks of `text`; for a broken one, those before the error, and perhaps a few meaningless ones."""
    marking = _Marking(list(_TOKEN.finditer(text)), Lines(text))
    root = Mark(START, START)
    with suppress(StopError):
        _statements(root, marking)
    return Marked(root, marking.repeats)


def _statements(root: Mark, marking: _Marking) -> None:
    table = root
    while marking.peek():
        if marking.peek() == "[":
            table = _header(root, marking)
        elif marking.peek() != "\n":
            _pair(table, marking, 0)
        while marking.peek() not in ("\n", ""):
            marking.take()
        marking.take()


def _header(root: Mark, marking: _Marking) -> Mark:
    """The table that `[a.b]` or `[[a.b]]` begins."""
    marking.take()
    several = marking.peek() == "["
    if several:
        marking.take()
    key = _key(marking)
    if not key:
        return Mark(START, START)
    parent = _descend(root, key[:-1])
    name, span = key[-1]
    table = parent.children.setdefault(name, Mark(span, span))
    if id(table) in marking.values or id(table) in marking.tables:
        add_repeat(marking.repeats, Repeat(name, table.key, span))
    if several:
        return table.children.setdefault(len(table.children), Mark(span, span))
    marking.tables.add(id(table))
    table.key = table.value = span
    return table


def _pair(table: Mark, marking: _Marking, depth: int) -> None:
    """Mark `a.b = value` in `table`."""
    key = _key(marking)
    if marking.peek() != "=" or not key:
        marking.take()
        return
    marking.take()
    name, span = key[-1]
    parent = _descend(table, key[:-1], marking)
    child = Mark(span, span)
    first = parent.children.setdefault(name, child)
    if first is not child:
        add_repeat(marking.repeats, Repeat(name, first.key, span))
    marking.values.add(id(first))
    _fill(child, marking, depth)


def _descend(table: Mark, key: _Key, marking: _Marking | None = None) -> Mark:
    """The table at `key` below `table`; a dotted key, for which `marking` is given, defines the tables along it."""
    for name, span in key:
        table = table.children.setdefault(name, Mark(span, span))
        if marking is not None:
            if id(table) in marking.values:
                add_repeat(marking.repeats, Repeat(name, table.key, span))
            marking.tables.add(id(table))
        last = len(table.children) - 1
        table = table.children.get(last, table)
    return table


def _key(marking: _Marking) -> _Key:
    parts: _Key = []
    while marking.peek() not in ("", "\n", *"[]{},=."):
        token = marking.take()
        parts.append((_name(token[1]), marking.span(token)))
        if marking.peek() == ".":
            marking.take()
        if len(parts) > plain.DEPTH:
            raise StopError
    return parts


def _name(written: str) -> str:
    if written[0] not in "\"'":
        return written
    try:
        return str(tomllib.loads(f"name = {written}")["name"])
    except ValueError:
        return written


def _fill(mark: Mark, marking: _Marking, depth: int) -> None:
    """Complete `mark`, whose value has the key's place so far, with the value at the next token."""
    token = marking.take()
    start, end = token.span(1)
    if depth >= plain.DEPTH and token[1] in ("[", "{"):
        raise StopError
    if token[1] == "[":
        end = _sequence(mark, marking, depth)
    elif token[1] == "{":
        end = _mapping(mark, marking, depth)
    elif token[1][:1] not in ("'", '"'):
        while marking.peek() not in ("", "\n", ",", "]", "}"):
            end = marking.take().end(1)
    if token[1] not in ("[", "{") or marking.lines.on_one_line(start, end):
        mark.value = marking.lines.span(start, end)


def _sequence(mark: Mark, marking: _Marking, depth: int) -> int:
    while marking.peek() not in ("]", ""):
        if marking.peek() in ("\n", ",", "}", "=", "."):
            marking.take()
            continue
        start = marking.tokens[marking.at].start(1)
        here = marking.lines.span(start, start + 1)
        item = mark.children[len(mark.children)] = Mark(here, here)
        _fill(item, marking, depth + 1)
        item.key = item.value
    return marking.take().end(1)


def _mapping(mark: Mark, marking: _Marking, depth: int) -> int:
    while marking.peek() not in ("}", ""):
        if marking.peek() in ("\n", ","):
            marking.take()
        else:
            _pair(mark, marking, depth + 1)
    return marking.take().end(1)
