"""Compiled policies, and their evaluation on one subject."""

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
from varve.policy.batch import PolicyBatch, policy_batch
from varve.policy.inputs import Inputs
from varve.policy.position import spot
from varve.policy.scope import PARAMETERS, VARIABLES
from varve.read.reading import Reading

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_BRACE: Final = re.compile(r"[{}]")
_BRACE_HINT: Final = r"write `{expression}`; a brace itself is `{'\x7b'}` or `{'\x7d'}`"

BAD_EXPRESSION = Rule(
    "policy/bad-expression",
    "Policy expression is not valid",
    "The expressions of a policy are CEL, the Common Expression Language, over the variables of its scope. They are "
    "type-checked before anything is judged. A policy that does not compile judges nothing, so whatever it would "
    "have judged does not pass: correct it. The hint lists the variables of its scope.",
)


class Texts(NamedTuple):
    """The compiled texts of a policy; `match` is None if the policy applies to every subject.

    `message` consists of plain texts and of expressions to be replaced by their values, in order.
    """

    match: Expression | None
    require: Expression
    message: tuple[str | Expression, ...]


_Question: TypeAlias = tuple[tuple[str, ...], bytes]
"""The texts of expressions, and the part of the input that they look at."""


@dataclass(frozen=True, slots=True)
class Program:
    """A policy that compiles; `texts` compiles it on the first call.

    The other fields are caches. `values` has those of expressions in the message, by their input; `messages` has
    whole messages that name only texts and maps of texts, by these texts; `batches` has the policies that are evaluated
    together with this one, if it is the first of them, by the ids of all.
    """

    policy: Policy
    texts: Callable[[], Texts]
    values: dict[_Question, list[str] | Fault] = field(default_factory=dict, init=False, repr=False, compare=False)
    messages: dict[tuple[str, ...], str | Fault] = field(default_factory=dict, init=False, repr=False, compare=False)
    batches: dict[tuple[str, ...], PolicyBatch] = field(default_factory=dict, init=False, repr=False, compare=False)


def programs(library: Library, reading: Reading, report: Report) -> Mapping[str, Program]:
    """The programs of all policies with expressions, by id; those that do not compile are reported and left out."""
    with_expressions = [policy for policy in library.policies.values() if not policy.rules]
    by_id = {policy.id: program(policy, reading.snapshot.source(policy.file), report) for policy in with_expressions}
    return {id_: each for id_, each in by_id.items() if each is not None}


def program(policy: Policy, source: Source, report: Report) -> Program | None:
    """The program of a policy, whose file is `source`; None if one of its texts does not compile, which is reported."""
    texts = _texts(policy, source, report)
    return None if texts is None else Program(policy, lambda: texts)


def lazy_program(policy: Policy, source: Callable[[str], Source]) -> Program:
    """The program of a policy that is known to compile; its texts are compiled on first use."""
    return Program(policy, cache(partial(_sound_texts, policy, source)))


def _sound_texts(policy: Policy, source: Callable[[str], Source]) -> Texts:
    diagnostics = Report()
    texts = _texts(policy, source(policy.file), diagnostics)
    if texts is None:
        raise ValueError(f"{policy.file}: {next(iter(diagnostics)).message}")
    return texts


def _texts(policy: Policy, source: Source, report: Report) -> Texts | None:
    diagnostics = Report()
    compiling = _Compiling(policy, source, diagnostics)
    require = compiling.compiled("require", policy.require)
    match = compiling.compiled("match", policy.match) if policy.match else None
    message = tuple(compiling.message())
    report.extend(diagnostics)
    return None if require is None or diagnostics.broken else Texts(match, require, message)


class _Compiling(NamedTuple):
    policy: Policy
    source: Source
    report: Report

    def compiled(self, key: str, text: str) -> Expression | None:
        result = expression.compiled(text, VARIABLES[self.policy.scope])
        return self.diagnose(key, text, result) if isinstance(result, Fault) else result

    def message(self) -> Iterator[str | Expression]:
        """The parts of the message: expressions between braces, and the plain texts around them."""
        end = 0
        for placeholder in _PLACEHOLDER.finditer(self.policy.message):
            yield self._plain(end, placeholder.start())
            end = placeholder.end()
            part = expression.compiled(placeholder[1], VARIABLES[self.policy.scope], condition=False)
            if isinstance(part, Fault):
                self.diagnose(
                    "message", self.policy.message, part._replace(offset=placeholder.start(1) + (part.offset or 0))
                )
            else:
                yield part
        yield self._plain(end, len(self.policy.message))

    def _plain(self, start: int, end: int) -> str:
        """The plain text between two offsets of the message; a brace in it, which has no partner, is reported."""
        text = self.policy.message[start:end]
        if brace := _BRACE.search(text):
            fault = Fault(f"`{brace[0]}` is not part of an expression", start + brace.start())
            self.diagnose("message", self.policy.message, fault, _BRACE_HINT)
        return text

    def diagnose(self, key: str, text: str, fault: Fault, hint: str = "") -> None:
        message = f"`{key}` of `{self.policy.id}` is not valid: {fault.message}"
        self.report.add(
            BAD_EXPRESSION,
            message,
            spot(self.source, (key,), text, fault),
            hint=hint or f"it may use {', '.join(f'`{each}`' for each in VARIABLES[self.policy.scope])}",
        )


def batch_of(programs: Sequence[Program]) -> PolicyBatch:
    """One or more policies of a scope for evaluation together, cached in the first of them."""
    key, batches = tuple(each.policy.id for each in programs), programs[0].batches
    if key not in batches:
        batches[key] = policy_batch([each.policy for each in programs])
    return batches[key]


def activation(program: Program, inputs: Inputs, position: int) -> Activation | Fault:
    """The converted variables for one subject, with the policy's parameters; or the fault that it is too large."""
    return inputs.excess[position] or expression.activation(
        VARIABLES[inputs.scope], bindings(program, inputs, position)
    )


def condition(program: Program, inputs: Inputs, position: int) -> Activation | Fault:
    """The same for `matches` and `holds`: only the part of the variables that these two look at is converted.

    A whole unit is much larger than that part, and it would be converted for each of its subjects.
    """
    if fault := inputs.excess[position]:
        return fault
    policy, variables = program.policy, VARIABLES[inputs.scope]
    seen = projected((policy.match, policy.require), bindings(program, inputs, position), variables)
    return expression.activation(variables, seen)


def projected(texts: tuple[str, ...], data: Map, variables: Mapping[str, Kind]) -> Map:
    """The part of `data`, the variables with their values, that expressions look at."""
    return {name: cut(data[name]) for name, cut in projection.cuts(texts, tuple(variables)).items()}


def bindings(program: Program, inputs: Inputs, position: int) -> Map:
    """The variables with their values, as plain data: shared ones, the subject and the policy's parameters."""
    return {**inputs.shared, PARAMETERS: program.policy.parameters, inputs.scope.value: inputs.subjects[position]}


def matches(program: Program, activation: Activation) -> bool | Fault:
    """Whether a policy applies to a subject."""
    match = program.texts().match
    return True if match is None else expression.is_true(match, activation)


def holds(program: Program, activation: Activation) -> bool | Fault:
    """Whether a subject meets the policy's requirement."""
    return expression.is_true(program.texts().require, activation)


def decided(program: Program, activation: Activation) -> tuple[str, bool | Fault]:
    """The key of the deciding text, `match` if that is not true, else `require`; and its value."""
    matched = matches(program, activation)
    return ("require", holds(program, activation)) if matched is True else ("match", matched)
