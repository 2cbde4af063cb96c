"""JSON, strict: what the grammar says, and no key twice."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from varve.model.diagnostic import Place, Report, Span
from varve.model.source import Map, Value
from varve.read import plain
from varve.read.mark import START, Lines, Mark, Marked, Repeat
from varve.read.scalar import integer

_TOKEN: Final = re.compile(r"""[ \t\r\n]*+([{}\[\],:]|"(?:[^"\\]|\\.)*+"|[^ \t\r\n{}\[\],:"]++|")""")
_Token: TypeAlias = re.Match[str]


def read(text: str, file: str, report: Report) -> Value:
    """The value of `text`; what is wrong is said, and the value is worth nothing then."""
    deepest = _too_deep(text)
    if deepest is not None:
        place = Place(file, span=Lines(text).span(deepest, deepest + 1))
        report.say(plain.TOO_DEEP, plain.TOO_DEEP_MESSAGE, place)
        return None
    repeats: list[str] = []
    try:
        value: Value = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, repeats), parse_int=integer)
    except json.JSONDecodeError as error:
        place = Place(file, span=Lines(text).span(error.pos, error.pos + 1))
        report.say(plain.SYNTAX, f"this is no JSON: {_problem(error)}", place, hint=_hint(error, text))
        return None
    if repeats:
        for repeat in mark(text).repeats:
            plain.repeated(repeat, file, report)
    return value


def _object(pairs: list[tuple[str, Value]], repeats: list[str]) -> Map:
    found = dict(pairs)
    if len(found) < len(pairs):
        repeats.append(pairs[0][0])
    return found


def _problem(error: json.JSONDecodeError) -> str:
    return error.msg[:1].lower() + error.msg[1:].rstrip(":")


def _hint(error: json.JSONDecodeError, text: str) -> str:
    match text[error.pos : error.pos + 1]:
        case "/" | "#":
            return "JSON has no comments; YAML has"
        case "'":
            return "JSON has double quotes only"
        case "}" | "]" | ",":
            return "remove the comma that nothing follows"
        case _:
            return ""


def _too_deep(text: str) -> int | None:
    """Where the first collection begins that is nested too deep: the parser itself would overflow the stack."""
    if text.count("{") + text.count("[") <= plain.DEPTH:
        return None
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[1] in "{[":
            depth += 1
            if depth > plain.DEPTH:
                return token.start(1)
        elif token[1] in "}]":
            depth -= 1
    return None


@dataclass(frozen=True, slots=True)
class _Marking:
    tokens: Iterator[_Token]
    lines: Lines
    repeats: list[Repeat] = field(default_factory=list)

    def span(self, token: _Token) -> Span:
        return self.lines.span(token.start(1), token.end(1))


def mark(text: str) -> Marked:
    """The marks of `text`; of a broken one, those up to where it breaks, and perhaps a few that mean nothing."""
    marking = _Marking(_TOKEN.finditer(text), Lines(text))
    root = Mark(START, START)
    _fill(root, marking, 0)
    root.key = root.value = START
    return Marked(root, marking.repeats)


def _fill(mark: Mark, marking: _Marking, depth: int, token: _Token | None = None) -> None:
    """Complete `mark`, whose value is known to stand where its key does, by the value that begins with `token`."""
    token = token or next(marking.tokens, None)
    if token is None or depth > plain.DEPTH:
        return
    if token[1] not in "{[":
        mark.value = marking.span(token)
        return
    end = (_mapping if token[1] == "{" else _sequence)(mark, marking, depth + 1)
    if end is not None and marking.lines.on_one_line(token.start(1), end.end(1)):
        mark.value = marking.lines.span(token.start(1), end.end(1))


def _mapping(mark: Mark, marking: _Marking, depth: int) -> _Token | None:
    for token in marking.tokens:
        if token[1] == "}":
            return token
        if token[1] != ",":
            key = marking.span(token)
            held = Mark(key, key)
            name = _name(token[1])
            first = mark.children.setdefault(name, held)
            if first is not held:
                marking.repeats.append(Repeat(name, first.key, key))
            next(marking.tokens, None)
            _fill(held, marking, depth)
    return None


def _sequence(mark: Mark, marking: _Marking, depth: int) -> _Token | None:
    for token in marking.tokens:
        if token[1] == "]":
            return token
        if token[1] != ",":
            here = marking.lines.span(token.start(1), token.start(1) + 1)
            item = mark.children[len(mark.children)] = Mark(here, here)
            _fill(item, marking, depth, token)
            item.key = item.value
    return None


def _name(written: str) -> str:
    try:
        return str(json.loads(written))
    except ValueError:
        return written
