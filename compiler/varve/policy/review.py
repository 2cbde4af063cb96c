"""The judgement of a change, by the policies of changes that bind those whom it touches."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

from varve.check.trust.owner import owners
from varve.model.change import Change
from varve.model.diagnostic import Note, Place, Report, Rule, Severity
from varve.model.layer import Stack
from varve.model.policy import Failure, Scope, Tally, Waiver
from varve.model.unit import Unit
from varve.policy.asked import asked, shared
from varve.policy.bench import Policies, compiled
from varve.policy.choice import choice
from varve.policy.judge import TOO_LARGE, Bound, Case, Group, binding, is_refused, judge
from varve.policy.subject.change import VALUES, Effect, at, place, subject, values
from varve.policy.subject.subject import Origin
from varve.policy.telling import shown

NOT_COMMITTED = Rule(
    "policy/not-committed",
    "Uncommitted changes are not judged",
    "Only commits show who made a change, who approved it and when. Policies that need this cannot judge what is "
    "only in a work tree or an index, and that does not mean approval; in a work tree they judge its commits. Commit "
    "the change, and judge the commit with `--rev`, as CI should.",
    Severity.WARNING,
)

EVERYBODY: Final = Unit("", "")
"""Whose the tallies of changes are."""

_SHORT: Final = 12
_VALUES: Final = re.compile(r"\bvalues\b")
_COMMITTED: Final = re.compile(r"\bcommitted\b")


def bound(policies: Policies, compliance: Iterable[str]) -> list[Bound]:
    """The policies of changes that bind whoever is held to these frameworks, with those that bind everybody."""
    known = policies.whole()
    chosen = choice(known, compliance)
    named = (known.policies[id_] for id_ in chosen)
    asked = [each for each in named if each.scope is Scope.CHANGE and not each.rules]
    return [binding(compiled(policies, each), chosen[each.id]) for each in asked]


def asks_for_values(bound: Iterable[Bound]) -> bool:
    """Whether any of these policies looks at what becomes of values."""
    return any(_VALUES.search(_text(each)) for each in bound)


def review(
    change: Change, effect: Effect, bound: Sequence[Bound], waivers: tuple[Waiver, ...], report: Report
) -> list[Tally]:
    """Report what of a change is not as the policies require, at what it touches; and what each policy said of it.

    A waiver of one change alone names it by the first twelve digits of its newest commit, as its path.
    """
    said = Report()
    asked = subject(change, effect)._replace(keys=(short(change.head),))
    found: list[Tally] = []
    for each in bound:
        if not effect.whole and asks_for_values([each]):
            found.append(_unseen(change, each, said))
            continue
        seen = _foremost(change, effect, each) if effect.altered else effect
        data = {**asked.data, "values": values(seen)}
        here = asked._replace(data=data, written=at(_place(change, seen, each)))
        case = Case(EVERYBODY, Origin(Stack(()), {}), waivers, said, counting=True)
        found += judge(case, Group(Scope.CHANGE, shared(Scope.CHANGE, {}), [here]), [each])
    report.extend(each._replace(notes=(*_whose(change), *each.notes)) for each in said)
    if not change.committed:
        say_unasked(bound, report)
    return found


def say_unasked(bound: Sequence[Bound], report: Report) -> None:
    """Warn of the policies that ask only for what is committed, where not all of a change is."""
    waiting = sorted(each.program.policy.id for each in bound if _COMMITTED.search(each.program.policy.match))
    if waiting:
        named = ", ".join(f"`{id_}`" for id_ in waiting)
        report.say(NOT_COMMITTED, f"{named} cannot judge what is not committed", hint="commit it, and judge it again")


def short(commit: str) -> str:
    """A commit's id as people say it."""
    return commit[:_SHORT]


def title(change: Change) -> str:
    """What a change is called: its newest commit, and what that says of itself."""
    said = next((each.subject for each in change.records if each.own), "")
    return f"{short(change.head)} {shown(said)}".strip()


def _unseen(change: Change, bound: Bound, report: Report) -> Tally:
    """The failure of a policy of values, where there are more of these than were looked at."""
    policy, here = bound.program.policy, place(change)
    message = f"the change affects more than {VALUES} values, and `{policy.id}` cannot judge all of them"
    report.say(TOO_LARGE, message, here, hint="split it into several changes")
    return Tally(policy.id, EVERYBODY, 1, (Failure(short(change.head), None, here),))


def _text(bound: Bound) -> str:
    policy = bound.program.policy
    return f"{policy.match}\n{policy.require}\n{policy.message}"


def _foremost(change: Change, effect: Effect, bound: Bound) -> Effect:
    """The same, with the value first that a policy of values refuses: the last one of the fewest that it refuses."""
    altered = effect.altered
    data = subject(change, effect).data

    def is_broken(number: int) -> bool:
        some = {**data, "values": values(effect._replace(altered=altered[:number]))}
        return is_refused(bound.program, asked(Scope.CHANGE, {}, [some]), 0)

    if bound.program.policy.at[:1] != ("values",) or not is_broken(len(altered)):
        return effect
    first = bisect_left(range(1, len(altered)), True, key=is_broken)  # noqa: FBT003 - it is what is looked for
    return effect._replace(altered=(altered[first], *altered[:first], *altered[first + 1 :]))


def _place(change: Change, effect: Effect, bound: Bound) -> Place:
    """What a policy is about: the first value that becomes another, a strange artifact, or the first file."""
    about = bound.program.policy.at[:1]
    if about == ("values",) and effect.altered:
        return effect.altered[0].place
    if about == ("artifacts",):
        touched = owners(change.paths)
        strange = (path for path in touched.artifacts if "/tenants/" in path and _tenant(path) not in touched.tenants)
        if path := next(strange, None):
            return Place(path)
    return place(change)


def _tenant(path: str) -> str:
    return path.split("/tenants/", 1)[1].partition("/")[0]


def _whose(change: Change) -> tuple[Note, ...]:
    own = next((each for each in change.records if each.own), None)
    if own is None:
        return ()
    return (Note(f"in commit {short(own.id)}, by {shown(own.author.name)} <{shown(own.author.email)}>"),)
