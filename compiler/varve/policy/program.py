"""Policies as programs: compiled once, and asked about one thing or about many."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from varve.language import canonical, cel, look
from varve.language.cel import Activation, Expression, Kind
from varve.language.credential import masked
from varve.language.fault import Fault
from varve.model.diagnostic import Report, Rule
from varve.model.policy import Library, Policy, Scope
from varve.model.source import Map, Source, Value
from varve.policy.scope import PARAMETERS, VARIABLES, completed, with_defaults
from varve.policy.spot import spot
from varve.read.reading import Reading

if TYPE_CHECKING:
    from varve.policy.jury import Jury

_REMEMBERED: Final = 256
"""Of how many subjects is remembered what a policy says; a tenant's environments say much the same."""

_LONGEST: Final = 500  # of what is said of a subject

_ASKED: Final = re.compile(r"\{([^{}]*)\}")

BAD_EXPRESSION = Rule(
    "policy/bad-expression",
    "An expression of a policy cannot be asked",
    "The expressions of a policy are CEL, the Common Expression Language, over the variables of its scope. They are "
    "compiled with types before anything is asked. A policy that does not compile judges nothing, so nothing that it "
    "would have judged counts as judged: mend it. The hint lists the variables of its scope.",
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
    juries: "dict[tuple[str, ...], Jury]" = field(default_factory=dict, init=False, repr=False, compare=False)


class Shared(NamedTuple):
    """What subjects share: the variables of their scope but that of its own name, and why these are too much, or None.

    Some scopes have the same variables but for that one, and then subjects of all of these may share it.
    """

    values: Map
    excess: Fault | None


class Asked(NamedTuple):
    """What the policies of a scope are asked about: what all share, and each subject, complete and measured once.

    `excess` has, for each subject, why it is too large to be asked about, or None.
    """

    scope: Scope
    shared: Map
    subjects: tuple[Value, ...]
    excess: tuple[Fault | None, ...]


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


def shared(scope: Scope, data: Map) -> Shared:
    """What subjects of a scope share: `data` are its variables but `params` and that of its own name."""
    values = completed(scope, data)
    del values[scope.value]
    return Shared(values, cel.excess(values))


def asked(scope: Scope, data: Map, subjects: Iterable[Map]) -> Asked:
    """What the policies of a scope are asked about, of which nobody else shares anything."""
    return about(scope, shared(scope, data), subjects)


def about(scope: Scope, shared: Shared, subjects: Iterable[Map]) -> Asked:
    """What the policies of a scope are asked about: `subjects` are values of the variable of its own name."""
    each = tuple(with_defaults(scope, subjects))
    return Asked(scope, shared.values, each, tuple([shared.excess or cel.excess(subject) for subject in each]))


def activation(program: Program, asked: Asked, position: int) -> Activation | Fault:
    """What `matches`, `holds` and `message` are asked about: one subject, with the parameters of the policy."""
    return asked.excess[position] or cel.activation(VARIABLES[asked.scope], _data(program, asked, position))


def condition(program: Program, asked: Asked, position: int) -> Activation | Fault:
    """The same for `matches` and `holds` alone: of the variables only what they look at is converted.

    A unit is much larger than what a policy asks of it, and would be converted for each of its subjects.
    """
    if fault := asked.excess[position]:
        return fault
    policy, variables = program.policy, VARIABLES[asked.scope]
    return cel.activation(variables, _seen((policy.match, policy.require), _data(program, asked, position), variables))


def _seen(texts: tuple[str, ...], data: Map, variables: Mapping[str, Kind]) -> Map:
    """What expressions look at of their variables."""
    return {name: cut(data[name]) for name, cut in look.cuts(texts, tuple(variables)).items()}


def _data(program: Program, asked: Asked, position: int) -> Map:
    return {**asked.shared, PARAMETERS: program.policy.parameters, asked.scope.value: asked.subjects[position]}


def matches(program: Program, activation: Activation) -> bool | Fault:
    """Whether a policy is about a subject."""
    match = program.texts().match
    return True if match is None else cel.is_true(match, activation)


def holds(program: Program, activation: Activation) -> bool | Fault:
    """Whether a subject is as required."""
    return cel.is_true(program.texts().require, activation)


def decided(program: Program, activation: Activation) -> tuple[str, bool | Fault]:
    """The key of the text that decides about a subject, which is `match` unless that holds, and its answer."""
    matched = matches(program, activation)
    return ("require", holds(program, activation)) if matched is True else ("match", matched)


def message(program: Program, activation: Activation) -> str | Fault:
    """What is said of a subject that is not as required, on one line."""
    whole = program.texts().message
    asks = [each for each in whole if not isinstance(each, str)]
    found = cel.texts(asks, VARIABLES[program.policy.scope], activation)
    if isinstance(found, Fault):
        return found
    answers = iter(found)
    return "".join(each if isinstance(each, str) else next(answers) for each in whole)


def told(program: Program, asked: Asked, position: int) -> str | Fault:
    """The message of a subject that is not too large, as it is shown."""
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
    """The same, found out; most of what it says is only named, and then the library need not be asked."""
    data = _data(program, asked, position)
    whole = program.texts().message
    said = [each if isinstance(each, str) else cel.named(each, data) for each in whole]
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
    seen = _seen(texts, data, variables)
    key = canonical.compact(seen)
    if key is not None and (texts, key) in program.said:
        return program.said[texts, key]
    found = cel.texts(asks, variables, cel.activation(variables, seen))
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
