"""The message of a policy about a subject that does not meet it, made with as few library calls as possible."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from varve.language import canonical
from varve.language.cel import expression
from varve.language.cel.expression import Activation, Expression
from varve.language.credential import masked
from varve.language.fault import Fault
from varve.model.source import Map, Value
from varve.policy.inputs import Inputs
from varve.policy.program import Program, bindings, projected
from varve.policy.scope import PARAMETERS, VARIABLES

_CACHE_SIZE: Final = 256
"""How many messages are cached for a policy; a tenant's environments have much the same."""

_LONGEST: Final = 500  # characters of a message


def message(program: Program, activation: Activation) -> str | Fault:
    """The message about a subject that does not meet a policy, on one line, evaluated entirely by the library."""
    whole = program.texts().message
    expressions = [each for each in whole if not isinstance(each, str)]
    found = expression.texts(expressions, VARIABLES[program.policy.scope], activation)
    if isinstance(found, Fault):
        return found
    values = iter(found)
    return "".join(each if isinstance(each, str) else next(values) for each in whole)


def shown_message(program: Program, inputs: Inputs, position: int) -> str | Fault:
    """The message about a subject that is not too large, as shown: without credentials, and not too long."""
    named = _named_texts(program, inputs, position)
    if named is None or sum(map(len, named)) > _LONGEST:
        return _evaluated(program, inputs, position)
    if named not in program.messages:
        if len(program.messages) >= _CACHE_SIZE:
            program.messages.clear()
        program.messages[named] = _evaluated(program, inputs, position)
    return program.messages[named]


def _named_texts(program: Program, inputs: Inputs, position: int) -> tuple[str, ...] | None:
    """The texts that a message names, or None if it uses anything but texts and maps of texts, or parameters."""
    own = inputs.scope.value
    found: list[str] = []
    for each in program.texts().message:
        if isinstance(each, str) or each.names[:1] == (PARAMETERS,):
            continue
        if not each.names:
            return None
        root, *names = each.names
        value = inputs.subjects[position] if root == own else inputs.shared.get(root)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        texts = _texts_of(value)
        if texts is None:
            return None
        found += texts
    return tuple(found)


def _texts_of(value: Value) -> Sequence[str] | None:
    """A text preceded by an empty one, or a map of texts preceded by their number; None for everything else."""
    if isinstance(value, str):
        return ("", value)
    if not isinstance(value, dict) or not value:
        return None
    texts = [each for each in value.values() if isinstance(each, str)]
    return (str(len(texts)), *value, *texts) if len(texts) == len(value) else None


def _evaluated(program: Program, inputs: Inputs, position: int) -> str | Fault:
    """The message, evaluated; most expressions only name a value, and then the library is not needed."""
    data = bindings(program, inputs, position)
    whole = program.texts().message
    parts = [each if isinstance(each, str) else expression.named(each, data) for each in whole]
    if None in parts:
        unevaluated = [
            each for each, text in zip(whole, parts, strict=True) if text is None and not isinstance(each, str)
        ]
        found = _values(program, unevaluated, data)
        if isinstance(found, Fault):
            return found
        values = iter(found)
        parts = [next(values) if text is None else text for text in parts]
    return _shown("".join(filter(None, parts)))


def _values(program: Program, expressions: Sequence[Expression], data: Map) -> list[str] | Fault:
    """The values of expressions in the message; only the part of the variables that they look at is converted."""
    texts, variables = tuple(each.text for each in expressions), VARIABLES[program.policy.scope]
    seen = projected(texts, data, variables)
    key = canonical.compact(seen)
    if key is not None and (texts, key) in program.values:
        return program.values[texts, key]
    found = expression.texts(expressions, variables, expression.activation(variables, seen))
    if key is not None:
        if len(program.values) >= _CACHE_SIZE:
            program.values.clear()
        program.values[texts, key] = found
    return found


@lru_cache(maxsize=_CACHE_SIZE)
def _shown(message: str) -> str:
    """A message as it is shown; cached, because it is the same in several environments."""
    return shown(message)


def shown(text: str) -> str:
    """A text as a message may contain it: without credentials, and not too long."""
    plain = masked(text)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
