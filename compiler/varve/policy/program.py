"""Policies as programs: compiled once, and asked whether one thing or many are as they require."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Final, NamedTuple, TypeAlias

from varve.language.cel import expression, projection
from varve.language.cel.expression import Activation, Expression, Kind
from varve.language.fault import Fault
from varve.model.diagnostic import Report, Rule
from varve.model.policy import Library, Policy
from varve.model.source import Map, Source
from varve.policy.asked import Asked
from varve.policy.jury import Jury, jury
from varve.policy.scope import PARAMETERS, VARIABLES
from varve.policy.spot import spot
from varve.read.reading import Reading

_ASKED: Final = re.compile(r"\{([^{}]*)\}")

BAD_EXPRESSION = Rule(
    "policy/bad-expression",
    "Policy expression is not valid",
    "The expressions of a policy are CEL, the Common Expression Language, over the variables of its scope. They are "
    "type-checked before anything is judged. A policy that does not compile judges nothing, so whatever it would "
    "have judged does not pass: correct it. The hint lists the variables of its scope.",
)


class Texts(NamedTuple):
    """What the texts of a policy compile to; `match` is None where everything is matched.

    `message` are texts that stand as they are and expressions that are asked, in their order.
    """

    match: Expression | None
    require: Expression
    message: tuple[str | Expression, ...]


_Question: TypeAlias = tuple[tuple[str, ...], bytes]
"""The texts of expressions, and what they look at of what they are asked about."""


@dataclass(frozen=True, slots=True)
class Program:
    """A policy that compiles: what it compiles to, which is made when something has to be asked of it alone.

    `said` remembers what expressions of the message came to, by what they were asked about, and `messages` those that
    name nothing but texts, and maps of these, by all of them. `juries` remembers which policies are asked together with
    this one, where it is the first of them, by the ids of all.
    """

    policy: Policy
    texts: Callable[[], Texts]
    said: dict[_Question, list[str] | Fault] = field(default_factory=dict, init=False, repr=False, compare=False)
    messages: dict[tuple[str, ...], str | Fault] = field(default_factory=dict, init=False, repr=False, compare=False)
    juries: dict[tuple[str, ...], Jury] = field(default_factory=dict, init=False, repr=False, compare=False)


def programs(library: Library, reading: Reading, report: Report) -> Mapping[str, Program]:
    """The programs of all policies that have expressions, by id; those that do not compile are said and left out."""
    asking = [policy for policy in library.policies.values() if not policy.rules]
    made = {policy.id: program(policy, reading.snapshot.source(policy.file), report) for policy in asking}
    return {id_: each for id_, each in made.items() if each is not None}


def program(policy: Policy, source: Source, report: Report) -> Program | None:
    """The program of a policy that `source` says; None where one of its texts does not compile, which is reported."""
    made = _texts(policy, source, report)
    return None if made is None else Program(policy, lambda: made)


def sound(policy: Policy, source: Callable[[str], Source]) -> Program:
    """The program of a policy that is known to compile, whose texts are compiled when they are first asked for."""
    return Program(policy, cache(partial(_sound, policy, source)))


def _sound(policy: Policy, source: Callable[[str], Source]) -> Texts:
    said = Report()
    made = _texts(policy, source(policy.file), said)
    if made is None:
        raise ValueError(f"{policy.file}: {next(iter(said)).message}")
    return made


def _texts(policy: Policy, source: Source, report: Report) -> Texts | None:
    said = Report()
    compiling = _Compiling(policy, source, said)
    require = compiling.compiled("require", policy.require)
    match = compiling.compiled("match", policy.match) if policy.match else None
    message = tuple(compiling.message())
    report.extend(said)
    return None if require is None or said.broken else Texts(match, require, message)


class _Compiling(NamedTuple):
    policy: Policy
    source: Source
    report: Report

    def compiled(self, key: str, text: str) -> Expression | None:
        made = expression.compiled(text, VARIABLES[self.policy.scope])
        return self.say(key, text, made) if isinstance(made, Fault) else made

    def message(self) -> Iterator[str | Expression]:
        """What stands between braces is asked; the rest stands."""
        end = 0
        for found in _ASKED.finditer(self.policy.message):
            yield self.policy.message[end : found.start()]
            end = found.end()
            made = expression.compiled(found[1], VARIABLES[self.policy.scope], condition=False)
            if isinstance(made, Fault):
                self.say("message", self.policy.message, made._replace(offset=found.start(1) + (made.offset or 0)))
            else:
                yield made
        yield self.policy.message[end:]

    def say(self, key: str, text: str, fault: Fault) -> None:
        message = f"`{key}` of `{self.policy.id}` is not valid: {fault.message}"
        self.report.say(
            BAD_EXPRESSION,
            message,
            spot(self.source, (key,), text, fault),
            hint=f"it may use {', '.join(f'`{each}`' for each in VARIABLES[self.policy.scope])}",
        )


def sworn(programs: Sequence[Program]) -> Jury:
    """One or more policies of a scope as those who are asked together; the first of them remembers it."""
    key, known = tuple(each.policy.id for each in programs), programs[0].juries
    if key not in known:
        known[key] = jury([each.policy for each in programs])
    return known[key]


def activation(program: Program, asked: Asked, position: int) -> Activation | Fault:
    """What a policy is asked about, whatever its expressions look at: one subject, with the policy's parameters."""
    return asked.excess[position] or expression.activation(VARIABLES[asked.scope], bindings(program, asked, position))


def condition(program: Program, asked: Asked, position: int) -> Activation | Fault:
    """The same for `matches` and `holds`: of the variables only what these two look at is converted.

    A unit is much larger than what a policy asks of it, and would be converted for each of its subjects.
    """
    if fault := asked.excess[position]:
        return fault
    policy, variables = program.policy, VARIABLES[asked.scope]
    seen = projected((policy.match, policy.require), bindings(program, asked, position), variables)
    return expression.activation(variables, seen)


def projected(texts: tuple[str, ...], data: Map, variables: Mapping[str, Kind]) -> Map:
    """What of `data`, their variables with all of their values, expressions look at."""
    return {name: cut(data[name]) for name, cut in projection.cuts(texts, tuple(variables)).items()}


def bindings(program: Program, asked: Asked, position: int) -> Map:
    """The variables with their values, as plain data: what all share, the subject and the policy's parameters."""
    return {**asked.shared, PARAMETERS: program.policy.parameters, asked.scope.value: asked.subjects[position]}


def matches(program: Program, activation: Activation) -> bool | Fault:
    """Whether a policy is about a subject."""
    match = program.texts().match
    return True if match is None else expression.is_true(match, activation)


def holds(program: Program, activation: Activation) -> bool | Fault:
    """Whether a subject is as required."""
    return expression.is_true(program.texts().require, activation)


def decided(program: Program, activation: Activation) -> tuple[str, bool | Fault]:
    """The key of the text that decides about a subject, which is `match` unless that holds, and its answer."""
    matched = matches(program, activation)
    return ("require", holds(program, activation)) if matched is True else ("match", matched)
