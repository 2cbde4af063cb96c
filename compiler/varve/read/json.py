"""Strict JSON, in which a repeated key is an error."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from varve.model.diagnostic import Place, Report, Span
from varve.model.source import Map, Value
from varve.read import plain
from varve.read.mark import START, Lines, Mark, Marked, Repeat, StopError, add_repeat
from varve.read.scalar import integer

# An unclosed string ends with its line: if each of its quotes were tried as a start, a broken file could take hours.
_TOKEN: Final = re.compile(r"""[{}\[\],:]|"(?:[^"\\\n]|\\.|)*+"?|[^ \t\r\n{}\[\],:"]++""")
_Token: TypeAlias = re.Match[str]


def read(text: str, file: str, report: Report) -> Value:
    """The value of `text`; if an error is reported, the value is meaningless."""
    repeats: list[str] = []
    value: Value = None
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, repeats), parse_int=integer)
    except json.JSONDecodeError as error:
        if not _report_too_deep(text[: error.pos], file, report):
            _report_broken(text, error, file, report)
    except RecursionError:
        _report_too_deep(text, file, report)
    if _is_too_deep(value):
        _report_too_deep(text, file, report)
        return None
    if repeats:
        plain.report_repeats(mark(text).repeats, file, report)
    return value


def _object(pairs: list[tuple[str, Value]], repeats: list[str]) -> Map:
    found = dict(pairs)
    if len(found) < len(pairs):
        repeats.append(pairs[0][0])
    return found


def _report_broken(text: str, error: json.JSONDecodeError, file: str, report: Report) -> None:
    at, problem = error.pos, error.msg[:1].lower() + error.msg[1:].rstrip(":")
    before = text[:at].rstrip()
    if text[at : at + 1] in {"}", "]"} and before.endswith(","):
        # Python reports the position of the comma from 3.13 on, and before that of what follows it.
        what = "object" if text[at] == "}" else "array"
        at, problem = len(before) - 1, f"illegal trailing comma before end of {what}"
    place = Place(file, span=Lines(text).span(at, at + 1))
    hint = plain.syntax_hint(text, at, _hint(at, text))
    report.add(plain.SYNTAX, f"this is not JSON: {problem}", place, hint=hint)


def _hint(at: int, text: str) -> str:
    if not text.strip():
        return "write `{}` if there is nothing to set"
    match text[at : at + 1]:
        case "/" | "#":
            return "JSON has no comments; YAML does"
        case "'":
            return "JSON allows double quotes only"
        case "}" | "," if text[:at].rstrip().endswith(":"):
            return "write a value after the colon"
        case "}" | "]" | ",":
            return "remove the trailing comma"
        case _:
            return ""


def _is_too_deep(value: Value) -> bool:
    level = [value]
    for _ in range(plain.DEPTH):
        level = [
            each for outer in level for each in _children(outer) if each.__class__ is dict or each.__class__ is list
        ]
        if not level:
            return False
    return True


def _children(value: Value) -> Iterable[Value]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _report_too_deep(text: str, file: str, report: Report) -> bool:
    """Report the first collection that is nested too deep; `text` is JSON up to its end.

    Returns whether there is one.
    """
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += (token[0] in "{[") - (token[0] in "}]")
        if depth > plain.DEPTH:
            place = Place(file, span=Lines(text).span(*token.span()))
            report.add(plain.TOO_DEEP, plain.TOO_DEEP_MESSAGE, place, hint=plain.FLATTEN)
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Marking:
    tokens: Iterator[_Token]
    lines: Lines
    repeats: list[Repeat] = field(default_factory=list)

    def span(self, token: _Token) -> Span:
        return self.lines.span(token.start(), token.end())


def mark(text: str) -> Marked:
    """The marks of `text`; for a broken one, those before the error, and perhaps a few meaningless ones."""
    marking = _Marking(_TOKEN.finditer(text), Lines(text))
    root = Mark(START, START)
    with suppress(StopError):
        _fill(root, marking, 0)
    root.key = root.value = START
    return Marked(root, marking.repeats)


def _fill(mark: Mark, marking: _Marking, depth: int, token: _Token | None = None) -> None:
    """Complete `mark`, whose value has the key's place so far, with the value that begins with `token`."""
    token = token or next(marking.tokens, None)
    if token is None:
        return
    if token[0] not in "{[":
        mark.value = marking.span(token)
        return
    if depth >= plain.DEPTH:
        raise StopError
    end = (_mapping if token[0] == "{" else _sequence)(mark, marking, depth + 1)
    if end is not None and marking.lines.on_one_line(token.start(), end.end()):
        mark.value = marking.lines.span(token.start(), end.end())


def _mapping(mark: Mark, marking: _Marking, depth: int) -> _Token | None:
    for token in marking.tokens:
        if token[0] == "}":
            return token
        if token[0] != ",":
            key = marking.span(token)
            child = Mark(key, key)
            name = _name(token[0])
            first = mark.children.setdefault(name, child)
            if first is not child:
                add_repeat(marking.repeats, Repeat(name, first.key, key))
            next(marking.tokens, None)
            _fill(child, marking, depth)
    return None


def _sequence(mark: Mark, marking: _Marking, depth: int) -> _Token | None:
    for token in marking.tokens:
        if token[0] == "]":
            return token
        if token[0] != ",":
            here = marking.lines.span(token.start(), token.start() + 1)
            item = mark.children[len(mark.children)] = Mark(here, here)
            _fill(item, marking, depth, token)
            item.key = item.value
    return None


def _name(written: str) -> str:
    try:
        return str(json.loads(written))
    except ValueError:
        return written
