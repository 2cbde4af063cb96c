"""What a policy says of a subject that is not as required: found out with as little as can be asked of the library."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from varve.language import canonical
from varve.language.cel import expression
from varve.language.cel.expression import Activation, Expression
from varve.language.credential import masked
from varve.language.fault import Fault
from varve.model.source import Map, Value
from varve.policy.asked import Asked
from varve.policy.program import Program, bindings, projected
from varve.policy.scope import PARAMETERS, VARIABLES

_REMEMBERED: Final = 256
"""Of how many subjects is remembered what a policy says; a tenant's environments say much the same."""

_LONGEST: Final = 500  # of what is said of a subject


def message(program: Program, activation: Activation) -> str | Fault:
    """What is said of a subject that is not as required, on one line; the library is asked for all of it."""
    whole = program.texts().message
    asks = [each for each in whole if not isinstance(each, str)]
    found = expression.texts(asks, VARIABLES[program.policy.scope], activation)
    if isinstance(found, Fault):
        return found
    answers = iter(found)
    return "".join(each if isinstance(each, str) else next(answers) for each in whole)


def told(program: Program, asked: Asked, position: int) -> str | Fault:
    """The message of a subject that is not too large, as it is shown: without credentials, and not too long."""
    named = _named(program, asked, position)
    if named is None or sum(map(len, named)) > _LONGEST:
        return _made(program, asked, position)
    if named not in program.messages:
        if len(program.messages) >= _REMEMBERED:
            program.messages.clear()
        program.messages[named] = _made(program, asked, position)
    return program.messages[named]


def _named(program: Program, asked: Asked, position: int) -> tuple[str, ...] | None:
    """The texts that a message names, if it only names texts, or maps of these; parameters are always the same."""
    own = asked.scope.value
    found: list[str] = []
    for each in program.texts().message:
        if isinstance(each, str) or each.names[:1] == (PARAMETERS,):
            continue
        if not each.names:
            return None
        root, *names = each.names
        value = asked.subjects[position] if root == own else asked.shared.get(root)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        texts = _texts_of(value)
        if texts is None:
            return None
        found += texts
    return tuple(found)


def _texts_of(value: Value) -> Sequence[str] | None:
    """A text after an empty one, or all of a map that only holds texts after how many; None of everything else."""
    if isinstance(value, str):
        return ("", value)
    if not isinstance(value, dict) or not value:
        return None
    texts = [each for each in value.values() if isinstance(each, str)]
    return (str(len(texts)), *value, *texts) if len(texts) == len(value) else None


def _made(program: Program, asked: Asked, position: int) -> str | Fault:
    """The message, found out; most of what it says is only named, and then the library need not be asked."""
    data = bindings(program, asked, position)
    whole = program.texts().message
    said = [each if isinstance(each, str) else expression.named(each, data) for each in whole]
    if None in said:
        asks = [each for each, text in zip(whole, said, strict=True) if text is None and not isinstance(each, str)]
        found = _answered(program, asks, data)
        if isinstance(found, Fault):
            return found
        answers = iter(found)
        said = [next(answers) if text is None else text for text in said]
    return _hidden("".join(filter(None, said)))


def _answered(program: Program, asks: Sequence[Expression], data: Map) -> list[str] | Fault:
    """What expressions of the message come to; of the variables only what they look at is converted."""
    texts, variables = tuple(each.text for each in asks), VARIABLES[program.policy.scope]
    seen = projected(texts, data, variables)
    key = canonical.compact(seen)
    if key is not None and (texts, key) in program.said:
        return program.said[texts, key]
    found = expression.texts(asks, variables, expression.activation(variables, seen))
    if key is not None:
        if len(program.said) >= _REMEMBERED:
            program.said.clear()
        program.said[texts, key] = found
    return found


@lru_cache(maxsize=_REMEMBERED)
def _hidden(message: str) -> str:
    """A message as it is shown; of several environments it is the same."""
    return shown(message)


def shown(text: str) -> str:
    """A text as a message may say it: without credentials, and not too long."""
    said = masked(text)
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
