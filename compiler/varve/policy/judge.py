"""The judgement: whether subjects are as policies require, all of them at once, and one by one where they are not."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from varve.language.fault import Fault
from varve.model.diagnostic import Note, Place, Report, Rule, Severity
from varve.model.policy import Failure, Scope, Tally, Waiver
from varve.model.unit import Unit
from varve.policy import program as asking
from varve.policy.asked import Asked, Shared, about
from varve.policy.jury import SOUND, UNSURE, WRONG, Jury, rows
from varve.policy.program import Program, sworn
from varve.policy.subject.subject import Origin, Subject, situated
from varve.policy.telling import shown, told
from varve.policy.waiver import excusing

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

MOST: Final = 50
"""How many subjects are asked about at once."""


class Bound(NamedTuple):
    """A policy that binds, the rule of its diagnostics, which is as strict, and a note of where the policy says so."""

    program: Program
    rule: Rule
    note: Note


class Group(NamedTuple):
    """Subjects of one scope, and what they share."""

    scope: Scope
    shared: Shared
    subjects: Sequence[Subject]


class Case(NamedTuple):
    """Whose subjects are judged, where their values come from, who is excused, and where to report.

    Where it is `counting`, how many match is found out too, which means to ask about each by itself.
    """

    unit: Unit
    origin: Origin
    waivers: tuple[Waiver, ...]
    report: Report
    counting: bool = False


_Answer: TypeAlias = tuple[bool, Failure | None]
"""Whether a policy is about a subject, and its failure if it is not as required."""


class _Question(NamedTuple):
    """A policy that is asked about one subject, in whose place among those that are asked about together."""

    bound: Bound
    asked: Asked
    subject: Subject
    position: int


def binding(program: Program, severity: Severity) -> Bound:
    """A policy that binds so strictly."""
    policy = program.policy
    return Bound(
        program, policy.rule(severity), Note("this is the policy's expression", Place(policy.file, ("require",)))
    )


def judge(case: Case, group: Group, bound: Sequence[Bound]) -> list[Tally]:
    """Report what of a group is not as each of the policies requires; and what failed, by policy.

    Policies of which nothing failed are only among the tallies where the case is counting. What cannot be judged is an
    error, and has failed.
    """
    if not bound:
        return []
    jury = sworn([each.program for each in bound])
    found = {position: _nothing(case, each) for position, each in enumerate(bound) if case.counting}
    for first in range(0, len(group.subjects), MOST):
        subjects = group.subjects[first : first + MOST]
        asked = about(group.scope, group.shared, (each.data for each in subjects))
        for position, column in _columns(jury, asked, counting=case.counting):
            each = bound[position]
            doubted = [
                (_Question(each, asked, subjects[at], at), known) for at, known in enumerate(column) if known > SOUND
            ]
            answers = [_answer(case, question, known) for question, known in doubted]
            found[position] = _added(found.get(position) or _nothing(case, each), column.count(SOUND), answers)
    return [each for _, each in sorted(found.items()) if case.counting or each.failures]


def is_refused(program: Program, asked: Asked, position: int) -> bool:
    """Whether a policy is about a subject, and that is not as required, or nobody can tell."""
    known = rows(sworn([program]), asked)[position][0]
    if known != UNSURE:
        return known == WRONG
    activation = asking.condition(program, asked, position)
    if isinstance(activation, Fault):
        return True
    return asking.decided(program, activation) not in (("require", True), ("match", False))


def _nothing(case: Case, bound: Bound) -> Tally:
    return Tally(bound.program.policy.id, case.unit, 0)


def _added(tally: Tally, sound: int, answers: Sequence[_Answer]) -> Tally:
    """A tally with that of more subjects: of how many that are `sound`, and of those that were looked at."""
    policy, unit, population, failures = tally
    matched = sound + sum(is_matched for is_matched, _ in answers)
    return Tally(policy, unit, population + matched, (*failures, *(failure for _, failure in answers if failure)))


def _columns(jury: Jury, asked: Asked, *, counting: bool) -> Iterator[tuple[int, tuple[int, ...]]]:
    """What each policy, by its position, knows of all subjects, where that is more than that all are sound."""
    known = rows(jury, asked)
    if counting or max(map(max, known)) > SOUND:
        for position, column in enumerate(zip(*known, strict=True)):
            if counting or max(column) > SOUND:
                yield position, column


def _answer(case: Case, question: _Question, known: int) -> _Answer:
    """What is said of a subject that is wrong, or of which nobody is sure."""
    return (True, _failed(case, question)) if known == WRONG else _asked(case, question)


def _asked(case: Case, question: _Question) -> _Answer:
    """What is said of a subject that is asked about by itself."""
    program = question.bound.program
    activation = asking.condition(program, question.asked, question.position)
    if isinstance(activation, Fault):
        place, _ = situated(question.subject, (), case.origin)
        message = f"`{shown(question.subject.name)}` cannot be judged: {activation.message}"
        case.report.say(TOO_LARGE, message, place, hint="split it")
        return True, Failure(question.subject.name, None, place)
    match asking.decided(program, activation):
        case key, Fault() as fault:
            return True, _unjudged(case, question, key, fault)
        case "match", _:
            return False, None
        case _, holds:
            return True, None if holds else _failed(case, question)


def _failed(case: Case, question: _Question) -> Failure:
    """The failure of a subject that is not as required; it is reported, unless a waiver excuses it."""
    program, rule, note = question.bound
    policy, subject = program.policy, question.subject
    waiver = excusing(case.waivers, policy.id, case.unit, subject.path(policy.at)) if case.waivers else None
    said = told(program, question.asked, question.position) if waiver is None else ""
    if isinstance(said, Fault):
        return _unjudged(case, question, "message", said)
    place, overridden = situated(subject, policy.at, case.origin)
    if waiver is None:
        case.report.say(rule, said, place, *overridden, note, hint=policy.remediation)
    return Failure(subject.name, waiver, place)


def _unjudged(case: Case, question: _Question, key: str, fault: Fault) -> Failure:
    """The failure of a subject of which nobody can tell, which is reported."""
    policy = question.bound.program.policy
    place, _ = situated(question.subject, (), case.origin)
    note = Note("it was evaluated on this", place)
    message = f"the `{key}` of `{policy.id}` cannot be evaluated: {shown(fault.message)}"
    hint = "check with `has()` for what may be missing, and add an example of it"
    case.report.say(CANNOT_JUDGE, message, Place(policy.file, (key,)), note, hint=hint)
    return Failure(question.subject.name, None, place)
