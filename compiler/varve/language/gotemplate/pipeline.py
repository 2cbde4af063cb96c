"""The type and length of the result of a template's pipeline."""

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from varve.language import literal
from varve.language.fault import Fault, quote
from varve.language.gotemplate.call import call
from varve.language.gotemplate.function import KEYWORDS, REFUSED, Operand, Sort
from varve.language.gotemplate.length import LABEL, LABELS, SCALAR
from varve.language.gotemplate.lexer import Token

_DEEPEST: Final = 16
_LARGEST: Final = 2**63
_CONSTANTS: Final = frozenset({"true", "false"})
_VALUES: Final = {
    "$labels": Sort.LABELS,
    "$externalLabels": Sort.LABELS,
    "$externalURL": Sort.TEXT,
    "$value": Sort.FLOAT,
    ".Labels": Sort.LABELS,
    ".ExternalLabels": Sort.LABELS,
    ".ExternalURL": Sort.TEXT,
    ".Value": Sort.FLOAT,
}
_LENGTHS: Final = {Sort.LABELS: LABELS, Sort.TEXT: LABEL, Sort.FLOAT: SCALAR}
_AVAILABLE: Final = "an alert's text can read only `$labels`, `$value`, `$externalLabels` and `$externalURL`"


class Scope(NamedTuple):
    """The number of open parentheses, and the value of `.`, which the surrounding `with` sets."""

    depth: int = 0
    dot: Operand | None = None


OUTERMOST: Final = Scope()


def pipeline(tokens: Sequence[Token], start: int, scope: Scope = OUTERMOST) -> Operand | Fault:
    """The result of the pipeline that begins at `start`, or its fault."""
    if scope.depth > _DEEPEST:
        return Fault(f"more than {_DEEPEST} nested parentheses", start)
    first, *rest = _commands(tokens)
    piped = _command(first, None, start, scope)
    for command in rest:
        if isinstance(piped, Fault):
            return piped
        piped = _command(command, piped, start, scope)
    return piped


def _commands(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The parts between the pipes that are not in parentheses."""
    first = 0
    for index, token in _outermost(tokens):
        if token.kind == "mark" and token.text == "|":
            yield tokens[first:index]
            first = index + 1
    yield tokens[first:]


def _command(tokens: Sequence[Token], piped: Operand | None, start: int, scope: Scope) -> Operand | Fault:
    runs = list(_runs(tokens))
    if not runs:
        return Fault("a value is missing", tokens[0].start if tokens else start)
    head = runs[0][0]
    is_call = len(runs[0]) == 1 and head.kind == "word" and head.text not in _CONSTANTS
    if is_call and (head.text in KEYWORDS or head.text in REFUSED):
        return call(head, [])  # which reports the reason for any arguments
    arguments: list[Operand] = []
    for run in runs[1:] if is_call else runs:
        operand = _operand(run, scope)
        if isinstance(operand, Fault):
            return operand
        arguments.append(operand)
    if is_call:
        return call(head, [*arguments, piped] if piped else arguments)
    if piped or len(arguments) > 1:
        return Fault(f"{quote(_text(runs[0]))} is not a function", head.start)
    return arguments[0]


def _runs(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The parts between the spaces that are not in parentheses."""
    first = 0
    for index, token in _outermost(tokens):
        if token.kind == "space":
            if index > first:
                yield tokens[first:index]
            first = index + 1
    if first < len(tokens):
        yield tokens[first:]


def _operand(run: Sequence[Token], scope: Scope) -> Operand | Fault:
    head, kinds = run[0], [token.kind for token in run]
    match kinds:
        case ["string" | "raw"]:
            return _string(head)
        case ["number"]:
            return _number(head)
        case ["word"]:
            return Operand(Sort.BOOL, SCALAR) if head.text in _CONSTANTS else call(head, [])
        case ["variable" | "field", *fields] if all(kind == "field" for kind in fields):
            return _value(run, scope.dot)
        case ["mark", *_, "mark"] if _is_group(run):
            return pipeline(run[1:-1], head.start, scope._replace(depth=scope.depth + 1))
    stray = run[1] if len(run) > 1 and head.text != ")" else head
    return Fault(f"unexpected {quote(stray.text)}", stray.start)


def _is_group(run: Sequence[Token]) -> bool:
    """Whether `run` begins with a parenthesis that its last token closes."""
    index, _ = next(_outermost(run), (0, None))
    return run[0].text == "(" and 0 < index == len(run) - 1


def _outermost(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    """The tokens after which no parenthesis is open, with their positions."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")") if token.kind == "mark" else 0
        if depth == 0:
            yield index, token


def _value(run: Sequence[Token], dot: Operand | None) -> Operand | Fault:
    head, fields = run[0], run[1:]
    if dot and head.kind == "field":
        inside = Fault(f"{quote(_text(run))} is unknown inside `with`, where `.` is its value", head.start)
        return dot if head.text == "." and not fields else inside
    sort = _VALUES.get(head.text)
    if sort is None:
        return Fault(f"{quote(head.text)} is not known, {_AVAILABLE}", head.start)
    if any(field.text == "." for field in fields) or len(fields) > (sort is Sort.LABELS):
        return Fault(f"{quote(_text(run))} is not known, {_AVAILABLE}", head.start)
    result = Sort.TEXT if fields else sort
    return Operand(result, _LENGTHS[result])


def _string(token: Token) -> Operand | Fault:
    value = literal.read(token.text)
    if isinstance(value, Fault):
        return Fault(value.message, token.start + (value.offset or 0))
    return Operand(Sort.TEXT, len(value.encode()), value)


def _number(token: Token) -> Operand | Fault:
    digits = token.text.lstrip("+-")
    sort = Sort.FLOAT if any(sign in digits for sign in ".eE") else Sort.INT
    if sort is Sort.INT and digits != "0" and digits.startswith("0"):
        return Fault(f"{quote(token.text)} begins with 0, which Go reads as octal", token.start)
    if float(digits) >= (_LARGEST if sort is Sort.INT else math.inf):
        return Fault(f"{quote(token.text)} is out of range", token.start)
    return Operand(sort, SCALAR)


def _text(run: Sequence[Token]) -> str:
    return "".join(token.text for token in run)
