"""Does a policy say of its own examples what it should: each is a test of it."""

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, cast

from varve.language.fault import Fault
from varve.model.policy import Example
from varve.policy import program as programs
from varve.policy import telling
from varve.policy.asked import Asked, asked
from varve.policy.program import Program
from varve.policy.scope import PARAMETERS, completed

if TYPE_CHECKING:
    from varve.model.source import Map


class Outcome(NamedTuple):
    """What became of an example: it is `sound` where the policy says what is expected.

    A passing one is as required, or is not matched; a failing one is matched, and `said` is what is said of it then.
    `fault` is why it could not be judged.
    """

    example: Example
    sound: bool
    said: str = ""
    fault: Fault | None = None


def judge(program: Program) -> tuple[Outcome, ...]:
    """What a program says of each example of its policy."""
    return tuple(_judged(program, example) for example in program.policy.examples)


def _judged(program: Program, example: Example) -> Outcome:
    scope = program.policy.scope
    data = completed(scope, example.data)
    given = asked(scope, data, [cast("Map", data[scope.value])])
    own = replace(program, policy=program.policy._replace(parameters=cast("Map", data[PARAMETERS])))
    found = _failure(own, given)
    if isinstance(found, Fault):
        return Outcome(example, sound=False, fault=found)
    return Outcome(example, (found is None) == example.holds, found or "")


def _failure(program: Program, given: Asked) -> str | Fault | None:
    """What a policy says of the one subject; None where it is as required, or is not matched."""
    activation = programs.activation(program, given, 0)
    if isinstance(activation, Fault):
        return activation
    match programs.decided(program, activation):
        case _, Fault() as fault:
            return fault
        case "require", False:
            return telling.message(program, activation)
    return None
