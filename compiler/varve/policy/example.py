"""Evaluates a policy on its examples, which are its tests."""

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, cast

from varve.language.fault import Fault
from varve.model.policy import Example
from varve.policy import program as programs
from varve.policy import wording
from varve.policy.inputs import Inputs, inputs_of
from varve.policy.program import Program
from varve.policy.scope import PARAMETERS, completed

if TYPE_CHECKING:
    from varve.model.source import Map


class Outcome(NamedTuple):
    """The result of an example; it is `sound` if it is as expected.

    An example passes if the requirement is met or the policy does not apply. If it fails, `message` is reported.
    `fault` is why it could not be judged.
    """

    example: Example
    sound: bool
    message: str = ""
    fault: Fault | None = None


def judge(program: Program) -> tuple[Outcome, ...]:
    """The result of each example of a policy."""
    return tuple(_outcome(program, example) for example in program.policy.examples)


def _outcome(program: Program, example: Example) -> Outcome:
    scope = program.policy.scope
    data = completed(scope, example.data)
    given = inputs_of(scope, data, [cast("Map", data[scope.value])])
    own = replace(program, policy=program.policy._replace(parameters=cast("Map", data[PARAMETERS])))
    found = _failure(own, given)
    if isinstance(found, Fault):
        return Outcome(example, sound=False, fault=found)
    return Outcome(example, (found is None) == example.holds, found or "")


def _failure(program: Program, given: Inputs) -> str | Fault | None:
    """The message about the one subject; None if it meets the policy, or the policy does not apply."""
    activation = programs.activation(program, given, 0)
    if isinstance(activation, Fault):
        return activation
    match programs.decided(program, activation):
        case _, Fault() as fault:
            return fault
        case "require", False:
            return wording.message(program, activation)
    return None
