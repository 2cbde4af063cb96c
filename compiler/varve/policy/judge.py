"""Judges subjects by policies: all at once, and one by one where a policy fails or the result is not certain."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from varve.language.fault import Fault
from varve.model.diagnostic import Note, Place, Report, Rule, Severity
from varve.model.policy import Failure, Scope, Tally, Waiver
from varve.model.unit import Unit
from varve.policy import program as programs
from varve.policy.batch import SOUND, UNSURE, WRONG, PolicyBatch, rows
from varve.policy.inputs import Inputs, Shared, inputs_with
from varve.policy.program import Program, batch_of
from varve.policy.subject.subject import Origin, Subject, located
from varve.policy.waiver import excusing
from varve.policy.wording import shown, shown_message

CANNOT_JUDGE = Rule(
    "policy/cannot-judge",
    "Policy expression cannot be evaluated",
    "An expression used a key that does not exist, compared values of different types, or took too long. Whether the "
    "subject is as required is unknown, so it does not pass. Check that a key exists before using it, as in "
    "`has(alert.annotations.runbook_url)`, and add the subject to the policy's examples.",
)
TOO_LARGE = Rule(
    "policy/too-large",
    "Too large to be judged",
    "Policies evaluate everything in their scope, and a file could be written to keep them busy. Anything far larger "
    "than people write is not judged, and so does not pass. Split it.",
)

BATCH_SIZE: Final = 50
"""How many subjects are judged at once."""


class Bound(NamedTuple):
    """A policy that binds, the rule of its diagnostics, with their severity, and a note that shows its expression."""

    program: Program
    rule: Rule
    note: Note


class Group(NamedTuple):
    """Subjects of one scope, and the variables that they share."""

    scope: Scope
    shared: Shared
    subjects: Sequence[Subject]


class Case(NamedTuple):
    """The unit whose subjects are judged, the origin of their values, the waivers, and where to report.

    If `counting`, tallies also count the subjects to which each policy applies.
    """

    unit: Unit
    origin: Origin
    waivers: tuple[Waiver, ...]
    report: Report
    counting: bool = False


_Result: TypeAlias = tuple[bool, Failure | None]
"""Whether a policy applies to a subject, and its failure if the requirement is not met."""


class _Question(NamedTuple):
    """A policy and one subject, with its position among the subjects that are judged together."""

    bound: Bound
    inputs: Inputs
    subject: Subject
    position: int


def binding(program: Program, severity: Severity) -> Bound:
    """A policy that binds with a severity."""
    policy = program.policy
    return Bound(
        program, policy.rule(severity), Note("this is the policy's expression", Place(policy.file, ("require",)))
    )


def judge(case: Case, group: Group, bound: Sequence[Bound]) -> list[Tally]:
    """Report the subjects of a group that do not meet the policies; the tallies of the policies are returned.

    Policies without failures have a tally only if the case is counting. A subject that cannot be judged is an error,
    and counts as a failure.
    """
    if not bound:
        return []
    batch = batch_of([each.program for each in bound])
    found = {position: _empty_tally(case, each) for position, each in enumerate(bound) if case.counting}
    for first in range(0, len(group.subjects), BATCH_SIZE):
        subjects = group.subjects[first : first + BATCH_SIZE]
        inputs = inputs_with(group.scope, group.shared, (each.data for each in subjects))
        for position, column in _columns(batch, inputs, counting=case.counting):
            each = bound[position]
            unsound = [
                (_Question(each, inputs, subjects[at], at), result)
                for at, result in enumerate(column)
                if result > SOUND
            ]
            answers = [_result(case, question, result) for question, result in unsound]
            found[position] = _with_subjects(
                found.get(position) or _empty_tally(case, each), column.count(SOUND), answers
            )
    return [each for _, each in sorted(found.items()) if case.counting or each.failures]


def is_refused(program: Program, inputs: Inputs, position: int) -> bool:
    """Whether a policy applies to a subject and is not met, or cannot be evaluated."""
    result = rows(batch_of([program]), inputs)[position][0]
    if result != UNSURE:
        return result == WRONG
    activation = programs.condition(program, inputs, position)
    if isinstance(activation, Fault):
        return True
    return programs.decided(program, activation) not in (("require", True), ("match", False))


def _empty_tally(case: Case, bound: Bound) -> Tally:
    return Tally(bound.program.policy.id, case.unit, 0)


def _with_subjects(tally: Tally, sound: int, answers: Sequence[_Result]) -> Tally:
    """A tally with more subjects added: the number of those that are `sound`, and the results of the others."""
    policy, unit, population, failures = tally
    matched = sound + sum(is_matched for is_matched, _ in answers)
    return Tally(policy, unit, population + matched, (*failures, *(failure for _, failure in answers if failure)))


def _columns(batch: PolicyBatch, inputs: Inputs, *, counting: bool) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The position of each policy with its results for all subjects; without counting, only if one may be wrong."""
    results = rows(batch, inputs)
    if counting or max(map(max, results)) > SOUND:
        for position, column in enumerate(zip(*results, strict=True)):
            if counting or max(column) > SOUND:
                yield position, column


def _result(case: Case, question: _Question, result: int) -> _Result:
    """The result for a subject that does not meet a policy, or for which that is not certain."""
    return (True, _failure(case, question)) if result == WRONG else _judged_alone(case, question)


def _judged_alone(case: Case, question: _Question) -> _Result:
    """The result for a subject that is judged by itself, by the library."""
    program = question.bound.program
    activation = programs.condition(program, question.inputs, question.position)
    if isinstance(activation, Fault):
        place, _ = located(question.subject, (), case.origin)
        message = f"`{shown(question.subject.name)}` cannot be judged: {activation.message}"
        case.report.add(TOO_LARGE, message, place, hint="split it")
        return True, Failure(question.subject.name, None, place)
    match programs.decided(program, activation):
        case key, Fault() as fault:
            return True, _unjudged(case, question, key, fault)
        case "match", _:
            return False, None
        case _, holds:
            return True, None if holds else _failure(case, question)


def _failure(case: Case, question: _Question) -> Failure:
    """The failure of a subject that does not meet a policy; it is reported, unless a waiver excuses it."""
    program, rule, note = question.bound
    policy, subject = program.policy, question.subject
    waiver = excusing(case.waivers, policy.id, case.unit, subject.path(policy.at)) if case.waivers else None
    message = shown_message(program, question.inputs, question.position) if waiver is None else ""
    if isinstance(message, Fault):
        return _unjudged(case, question, "message", message)
    place, overridden = located(subject, policy.at, case.origin)
    if waiver is None:
        case.report.add(rule, message, place, *overridden, note, hint=policy.remediation)
    return Failure(subject.name, waiver, place)


def _unjudged(case: Case, question: _Question, key: str, fault: Fault) -> Failure:
    """The failure of a subject on which a policy cannot be evaluated; it is reported."""
    policy = question.bound.program.policy
    place, _ = located(question.subject, (), case.origin)
    note = Note("it was evaluated on this", place)
    message = f"the `{key}` of `{policy.id}` cannot be evaluated: {shown(fault.message)}"
    hint = "check with `has()` for what may be missing, and add an example of it"
    case.report.add(CANNOT_JUDGE, message, Place(policy.file, (key,)), note, hint=hint)
    return Failure(question.subject.name, None, place)
