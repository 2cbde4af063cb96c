"""Policies as programs: compiled once, and asked about one thing or about many."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from varve.language import cel
from varve.language.cel import Activation, Expression, Kind
from varve.language.fault import Fault
from varve.model.diagnostic import Report, Rule
from varve.model.policy import Library, Policy, Scope
from varve.model.source import Map, Source, Value
from varve.policy.scope import SUBJECTS, VARIABLES, completed, with_defaults
from varve.policy.spot import spot
from varve.read.reading import Reading

_ASKED: Final = re.compile(r"\{([^{}]*)\}")
_PARAMETERS: Final = "parameters"
_NOTHING: Final[Map] = {}

BAD_EXPRESSION = Rule(
    "policy/bad-expression",
    "An expression of a policy cannot be asked",
    "The expressions of a policy are CEL, the Common Expression Language, over the variables of its scope. They are "
    "compiled with types before anything is asked. A policy that does not compile judges nothing, so nothing that it "
    "would have judged counts as judged: mend it. The hint lists the variables of its scope.",
)


@dataclass(frozen=True, slots=True)
class Program:
    """A policy that compiles; `match` is None where everything is matched.

    `whole` is about all subjects at once: whether each that matches is as required; None where that cannot be asked.
    `message` is what stands as it is, and between it what is asked.
    """

    policy: Policy
    whole: Expression | None
    match: Expression | None
    require: Expression
    message: tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the policies of a scope are asked about: what all share, and each subject, complete and measured once.

    `excess` has, for each subject, why it is too large to be asked about, or None. `parameters` are those of every
    policy, by its id, so that all of them can share a `batch`, whose data is then converted once. Of single subjects
    only those are converted that somebody asks about: `singles`, by position, and `own` for `activation`.
    """

    scope: Scope
    shared: Map
    subjects: tuple[Value, ...]
    excess: tuple[Fault | None, ...]
    parameters: Map
    batch: Activation
    singles: dict[int, Activation] = field(default_factory=dict)
    own: dict[int, Activation] = field(default_factory=dict)


def programs(library: Library, reading: Reading, report: Report) -> Mapping[str, Program]:
    """The programs of all policies that have expressions, by id; those that do not compile are said and left out."""
    asking = [policy for policy in library.policies.values() if not policy.rules]
    made = {policy.id: program(policy, reading.snapshot.source(policy.file), report) for policy in asking}
    return {id_: each for id_, each in made.items() if each is not None}


def program(policy: Policy, source: Source, report: Report) -> Program | None:
    """The program of a policy that `source` says; None where one of its texts does not compile, which is reported."""
    said = Report()
    compiling = _Compiling(policy, source, said)
    require = compiling.compiled("require", policy.require)
    match = compiling.compiled("match", policy.match) if policy.match else None
    message = tuple(compiling.message())
    report.extend(said)
    return None if require is None or said.broken else Program(policy, _whole(policy), match, require, message)


class _Compiling(NamedTuple):
    policy: Policy
    source: Source
    report: Report

    def compiled(self, key: str, text: str) -> Expression | None:
        made = cel.compiled(text, VARIABLES[self.policy.scope])
        return self.say(key, text, made) if isinstance(made, Fault) else made

    def message(self) -> Iterator[str | Expression]:
        """What stands between braces is asked; the rest stands."""
        end = 0
        for found in _ASKED.finditer(self.policy.message):
            yield self.policy.message[end : found.start()]
            end = found.end()
            made = cel.compiled(found[1], VARIABLES[self.policy.scope], condition=False)
            if isinstance(made, Fault):
                self.say("message", self.policy.message, made._replace(offset=found.start(1) + (made.offset or 0)))
            else:
                yield made
        yield self.policy.message[end:]

    def say(self, key: str, text: str, fault: Fault) -> None:
        message = f"`{key}` of `{self.policy.id}` cannot be asked: {fault.message}"
        self.report.say(
            BAD_EXPRESSION,
            message,
            spot(self.source, (key,), text, fault),
            hint=f"it may ask of {', '.join(f'`{each}`' for each in VARIABLES[self.policy.scope])}",
        )


def _whole(policy: Policy) -> Expression | None:
    scope, variables = policy.scope, _variables(policy.scope)
    match, require = (
        cel.settled(each, variables, policy.parameters) for each in (policy.match or "true", policy.require)
    )
    text = f"{SUBJECTS}.all({scope.value}, ({match}\n) ? ({require}\n) : true)"
    if policy.parameters:
        text = f'[{_PARAMETERS}["{policy.id}"]].all(params, {text})'
    return cel.joined(text, variables)


def asked(scope: Scope, shared: Map, subjects: Sequence[Map], parameters: Map = _NOTHING) -> Asked:
    """What the policies of a scope are asked about.

    `shared` are the variables of the scope but `params` and that of its own name, whose values `subjects` are.
    `parameters` has those of each policy that will be asked, by its id.
    """
    whole = completed(scope, shared)
    each = tuple(with_defaults(scope, subject) for subject in subjects)
    excess = _excess({name: value for name, value in whole.items() if name != scope.value}, each)
    return Asked(scope, whole, each, excess, parameters, _batch(scope, {**whole, _PARAMETERS: parameters}, each))


def _excess(shared: Map, subjects: Sequence[Value]) -> tuple[Fault | None, ...]:
    """Why each is too large; most are small even together, and then one look is enough."""
    if cel.excess([shared, *subjects]) is None:
        return (None,) * len(subjects)
    too_much = cel.excess(shared)
    return tuple(too_much or cel.excess(subject) for subject in subjects)


def _variables(scope: Scope) -> Mapping[str, Kind]:
    return {**VARIABLES[scope], SUBJECTS: "maps", _PARAMETERS: "map"}


def _batch(scope: Scope, data: Map, subjects: Sequence[Value]) -> Activation:
    return cel.activation(_variables(scope), {**data, SUBJECTS: list(subjects)}, joined=True)


def is_whole(program: Program, asked: Asked) -> bool | Fault:
    """Whether every subject that matches is as required; where it is not, or a fault, each has to be asked."""
    too_much = next((each for each in asked.excess if each), None)
    return too_much or _all_hold(program, asked.batch)


def is_sound(program: Program, asked: Asked, position: int) -> bool | Fault:
    """Whether one subject is as required, or does not match; the answer of `is_whole` where it is the only one."""
    if too_much := asked.excess[position]:
        return too_much
    if position not in asked.singles:
        data = {**asked.shared, _PARAMETERS: asked.parameters}
        asked.singles[position] = _batch(asked.scope, data, [asked.subjects[position]])
    return _all_hold(program, asked.singles[position])


def _all_hold(program: Program, batch: Activation) -> bool | Fault:
    return cel.is_true(program.whole, batch) if program.whole else Fault("it nests too deeply to be asked of many")


def activation(program: Program, asked: Asked, position: int) -> Activation | Fault:
    """What `matches`, `holds` and `message` are asked about: one subject, with the parameters of the policy."""
    if too_much := asked.excess[position]:
        return too_much
    if program.policy.parameters:
        return _activation(asked, position, program.policy.parameters)
    if position not in asked.own:
        asked.own[position] = _activation(asked, position, {})
    return asked.own[position]


def _activation(asked: Asked, position: int, parameters: Map) -> Activation:
    data = {**asked.shared, "params": parameters, asked.scope.value: asked.subjects[position]}
    return cel.activation(VARIABLES[asked.scope], data)


def matches(program: Program, activation: Activation) -> bool | Fault:
    """Whether a policy is about a subject."""
    return True if program.match is None else cel.is_true(program.match, activation)


def is_matched(program: Program, asked: Asked, position: int) -> bool:
    """Whether a policy is about a subject of which it says nothing wrong."""
    if program.match is None:
        return True
    given = activation(program, asked, position)
    return not isinstance(given, Fault) and matches(program, given) is True


def holds(program: Program, activation: Activation) -> bool | Fault:
    """Whether a subject is as required."""
    return cel.is_true(program.require, activation)


def message(program: Program, activation: Activation) -> str | Fault:
    """What is said of a subject that is not as required, on one line."""
    said = [each if isinstance(each, str) else cel.text(each, activation) for each in program.message]
    return next((each for each in said if isinstance(each, Fault)), "".join(map(str, said)))
