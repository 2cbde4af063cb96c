"""Is a template one that an alert's text may be? Only what is listed is allowed, and it must work when the alert fires."""

from collections.abc import Sequence
from typing import Final

from varve.language.fault import Fault, surrogate
from varve.language.gotemplate.lexer import Token, lex
from varve.language.gotemplate.pipeline import pipeline

LONGEST: Final = 8192
_DEEPEST: Final = 16


def fault(template: str) -> Fault | None:
    """Why Prometheus would refuse `template`, why it could not print it, or why it is not allowed to; None if sound."""
    if "{{" not in template:
        return surrogate(template)
    if len(template) > LONGEST:
        return Fault(f"the text is longer than {LONGEST} characters")
    tokens = surrogate(template) or lex(template)
    return tokens if isinstance(tokens, Fault) else _actions(tokens)


def _actions(tokens: Sequence[Token]) -> Fault | None:
    """What is wrong with the first action that is wrong; `branches` holds, for each open `if`, whether `else` came."""
    branches: list[tuple[Token, bool]] = []
    opened = 0
    for index, token in enumerate(tokens):
        if token.kind == "open":
            opened = index
        elif token.kind == "close":
            wrong = _action(tokens[opened], tokens[opened + 1 : index], branches)
            if wrong:
                return wrong
    return Fault("the `if` has no `end`", branches[-1][0].start) if branches else None


def _action(opened: Token, inside: Sequence[Token], branches: list[tuple[Token, bool]]) -> Fault | None:
    parts = _stripped(inside)
    words = [token.text if token.kind == "word" else "" for token in parts if token.kind != "space"][:2]
    match words:
        case ["if", *_]:
            branches.append((opened, False))
            if len(branches) > _DEEPEST:
                return Fault(f"more than {_DEEPEST} `if` stand inside one another", opened.start)
            return _condition(opened, parts[1:])
        case ["else" | "end" as word, *_] if not branches:
            return Fault(f"`{word}` without `if`", opened.start)
        case ["end"]:
            branches.pop()
            return None
        case ["else", *_] if branches[-1][1]:
            return Fault("a second `else` in one `if`", opened.start)
        case ["else", "if"]:
            return _condition(opened, _stripped(parts[1:])[1:])
        case ["else"]:
            branches[-1] = (branches[-1][0], True)
            return None
        case ["else" | "end" as word, _]:
            return Fault(f"nothing may follow `{word}`", opened.start)
    return _condition(opened, parts)


def _condition(opened: Token, parts: Sequence[Token]) -> Fault | None:
    said = pipeline(_stripped(parts), opened.start)
    return said if isinstance(said, Fault) else None


def _stripped(tokens: Sequence[Token]) -> Sequence[Token]:
    first, last = 0, len(tokens)
    while first < last and tokens[first].kind == "space":
        first += 1
    while first < last and tokens[last - 1].kind == "space":
        last -= 1
    return tokens[first:last]
