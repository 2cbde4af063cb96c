"""Whether a template may be an alert's text: only listed functions are allowed, and it must not fail when it fires."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from varve.language.fault import Fault, surrogate
from varve.language.gotemplate.function import Operand
from varve.language.gotemplate.length import LONGEST as LONGEST_PRINTED
from varve.language.gotemplate.length import TOO_LONG
from varve.language.gotemplate.lexer import Token, enclosed, lex
from varve.language.gotemplate.pipeline import Scope, pipeline

LONGEST: Final = 8192
_DEEPEST: Final = 16


class _Branch(NamedTuple):
    start: int  # of the word
    word: str  # `if` or `with`
    dot: Operand | None = None  # the value of a `with`
    is_last: bool = False  # after its `else`


def fault(template: str) -> Fault | None:
    """Why Prometheus would refuse `template` or fail to render it, or why varve does not allow it; None if valid."""
    if "{{" not in template:
        return surrogate(template)
    if len(template) > LONGEST:
        return Fault(f"the text is longer than {LONGEST} characters")
    tokens = surrogate(template) or lex(template)
    return tokens if isinstance(tokens, Fault) else _actions(tokens)


def _actions(tokens: Sequence[Token]) -> Fault | None:
    branches: list[_Branch] = []
    printed = sum(len(each.text.encode()) for each in tokens if each.kind == "text")
    for start, inside in enclosed(tokens):
        printed_now = _action(start, _stripped(inside), branches)
        if isinstance(printed_now, Fault):
            return printed_now
        printed += printed_now
        if printed > LONGEST_PRINTED:
            return Fault(f"the result may be {TOO_LONG}", start)
    return Fault(f"the `{branches[-1].word}` has no `end`", branches[-1].start) if branches else None


def _action(start: int, parts: Sequence[Token], branches: list[_Branch]) -> int | Fault:
    """The maximum number of bytes that an action prints, 0 if it opens or closes a branch, or its fault."""
    word = parts[0].text if parts and parts[0].kind == "word" else ""
    rest = _stripped(parts[1:])
    if word in {"if", "with"}:
        return _open_branch(word, start, rest, branches) or 0
    if word in {"else", "end"}:
        return _continue_branch(word, start, rest, branches) or 0
    result = pipeline(parts, start, _scope(branches))
    return result if isinstance(result, Fault) else result.length


def _open_branch(word: str, start: int, rest: Sequence[Token], branches: list[_Branch]) -> Fault | None:
    if len(branches) == _DEEPEST:
        return Fault(f"more than {_DEEPEST} nested `if` or `with`", start)
    result = pipeline(rest, start, _scope(branches))
    if isinstance(result, Fault):
        return result
    branches.append(_Branch(start, word, result if word == "with" else None))
    return None


def _scope(branches: Sequence[_Branch]) -> Scope:
    """The meaning of `.` in the open branches: the value of the innermost `with` that is not in its `else`."""
    return Scope(dot=next((each.dot for each in reversed(branches) if each.dot and not each.is_last), None))


def _continue_branch(word: str, start: int, rest: Sequence[Token], branches: list[_Branch]) -> Fault | None:
    if not branches:
        return Fault(f"`{word}` without `if`", start)
    if word == "else" and branches[-1].is_last:
        return Fault(f"a second `else` in one `{branches[-1].word}`", start)
    if word == "else" and rest and rest[0].text == "if" and branches[-1].word == "if":
        result = pipeline(_stripped(rest[1:]), start, _scope(branches))
        return result if isinstance(result, Fault) else None
    if rest:
        return Fault(f"nothing may follow `{word}`", rest[0].start)
    last = branches.pop()
    if word == "else":
        branches.append(last._replace(is_last=True))
    return None


def _stripped(tokens: Sequence[Token]) -> Sequence[Token]:
    first, last = 0, len(tokens)
    while first < last and tokens[first].kind == "space":
        first += 1
    while first < last and tokens[last - 1].kind == "space":
        last -= 1
    return tokens[first:last]
