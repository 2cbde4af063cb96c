"""Whether a template may be an alert's text: only what is listed is allowed, and it must work when the alert fires."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from varve.language.fault import Fault, surrogate
from varve.language.gotemplate.function import Operand
from varve.language.gotemplate.length import LONGEST as LONGEST_PRINTED
from varve.language.gotemplate.length import TOO_LONG
from varve.language.gotemplate.lexer import Token, lex
from varve.language.gotemplate.pipeline import Scope, pipeline

LONGEST: Final = 8192
_DEEPEST: Final = 16


class _Branch(NamedTuple):
    start: int  # of the word
    word: str  # `if` or `with`
    given: Operand | None = None  # by the pipeline of a `with`
    is_last: bool = False  # since its `else` came


def fault(template: str) -> Fault | None:
    """Why Prometheus would refuse `template`, why it could not print it, or why it is not allowed to; None if sound."""
    if "{{" not in template:
        return surrogate(template)
    if len(template) > LONGEST:
        return Fault(f"the text is longer than {LONGEST} characters")
    tokens = surrogate(template) or lex(template)
    return tokens if isinstance(tokens, Fault) else _actions(tokens)


def _actions(tokens: Sequence[Token]) -> Fault | None:
    branches: list[_Branch] = []
    opened, printed = 0, sum(len(each.text.encode()) for each in tokens if each.kind == "text")
    for index, token in enumerate(tokens):
        if token.kind == "open":
            opened = index
        elif token.kind == "close":
            start = tokens[opened].start
            said = _action(start, _stripped(tokens[opened + 1 : index]), branches)
            if isinstance(said, Fault):
                return said
            printed += said
            if printed > LONGEST_PRINTED:
                return Fault(f"the result may be {TOO_LONG}", start)
    return Fault(f"the `{branches[-1].word}` has no `end`", branches[-1].start) if branches else None


def _action(start: int, parts: Sequence[Token], branches: list[_Branch]) -> int | Fault:
    """How many bytes one action may print, which may open or close a branch instead; or what is wrong with it."""
    word = parts[0].text if parts and parts[0].kind == "word" else ""
    rest = _stripped(parts[1:])
    if word in {"if", "with"}:
        return _opened(word, start, rest, branches) or 0
    if word in {"else", "end"}:
        return _branch(word, start, rest, branches) or 0
    said = pipeline(parts, start, _scope(branches))
    return said if isinstance(said, Fault) else said.length


def _opened(word: str, start: int, rest: Sequence[Token], branches: list[_Branch]) -> Fault | None:
    if len(branches) == _DEEPEST:
        return Fault(f"more than {_DEEPEST} nested `if` or `with`", start)
    said = pipeline(rest, start, _scope(branches))
    if isinstance(said, Fault):
        return said
    branches.append(_Branch(start, word, said if word == "with" else None))
    return None


def _scope(branches: Sequence[_Branch]) -> Scope:
    """What `.` means behind the branches that are open: what the innermost `with` gave, unless its `else` came."""
    return Scope(dot=next((each.given for each in reversed(branches) if each.given and not each.is_last), None))


def _branch(word: str, start: int, rest: Sequence[Token], branches: list[_Branch]) -> Fault | None:
    if not branches:
        return Fault(f"`{word}` without `if`", start)
    if word == "else" and branches[-1].is_last:
        return Fault(f"a second `else` in one `{branches[-1].word}`", start)
    if word == "else" and rest and rest[0].text == "if" and branches[-1].word == "if":
        said = pipeline(_stripped(rest[1:]), start, _scope(branches))
        return said if isinstance(said, Fault) else None
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
