"""Judges a change by the policies of the scope `change` that bind those whom it touches."""

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
from varve.policy.bench import Policies, compiled
from varve.policy.choice import choice
from varve.policy.inputs import inputs_of, shared
from varve.policy.judge import TOO_LARGE, Bound, Case, Group, binding, is_refused, judge
from varve.policy.subject.change import VALUES, Effect, at, place, subject, values
from varve.policy.subject.subject import Origin
from varve.policy.wording import shown

NOT_COMMITTED = Rule(
    "policy/not-committed",
    "Uncommitted changes are not judged",
    "Only commits show who made a change, who approved it and when. Policies that need this cannot judge what is "
    "only in a work tree or an index, and that does not mean approval; in a work tree they judge its commits. Commit "
    "the change, and judge the commit with `--rev`, as CI should.",
    Severity.WARNING,
)

EVERYBODY: Final = Unit("", "")
"""The unit of the tallies of changes: all tenants and environments."""

_SHORT: Final = 12
_VALUES: Final = re.compile(r"\bvalues\b")
_COMMITTED: Final = re.compile(r"\bcommitted\b")


def bound(policies: Policies, compliance: Iterable[str]) -> list[Bound]:
    """The policies about changes that bind whoever is held to these frameworks, with those that bind everybody."""
    library = policies.whole()
    chosen = choice(library, compliance)
    bound_policies = (library.policies[id_] for id_ in chosen)
    applicable = [each for each in bound_policies if each.scope is Scope.CHANGE and not each.rules]
    return [binding(compiled(policies, each), chosen[each.id]) for each in applicable]


def uses_values(bound: Iterable[Bound]) -> bool:
    """Whether any of these policies uses the changed values."""
    return any(_VALUES.search(_text(each)) for each in bound)


def review(
    change: Change, effect: Effect, bound: Sequence[Bound], waivers: tuple[Waiver, ...], report: Report
) -> list[Tally]:
    """Report where a change does not meet the policies, at what it touches; the policies' tallies are returned.

    The path of a waiver of this change alone is the first twelve digits of its newest commit.
    """
    diagnostics = Report()
    whole = subject(change, effect)._replace(keys=(short(change.head),))
    tallies: list[Tally] = []
    for each in bound:
        if not effect.whole and uses_values([each]):
            tallies.append(_too_many_values(change, each, diagnostics))
            continue
        seen = _refused_first(change, effect, each) if effect.altered else effect
        data = {**whole.data, "values": values(seen)}
        here = whole._replace(data=data, written=at(_place(change, seen, each)))
        case = Case(EVERYBODY, Origin(Stack(()), {}), waivers, diagnostics, counting=True)
        tallies += judge(case, Group(Scope.CHANGE, shared(Scope.CHANGE, {}), [here]), [each])
    report.extend(each._replace(notes=(*_commit_note(change), *each.notes)) for each in diagnostics)
    if not change.committed:
        warn_uncommitted(bound, report)
    return tallies


def warn_uncommitted(bound: Sequence[Bound], report: Report) -> None:
    """Warn of the policies that judge only committed changes; to be called if a change is not entirely committed."""
    waiting = sorted(each.program.policy.id for each in bound if _COMMITTED.search(each.program.policy.match))
    if waiting:
        named = ", ".join(f"`{id_}`" for id_ in waiting)
        report.add(NOT_COMMITTED, f"{named} cannot judge what is not committed", hint="commit it, and judge it again")


def short(commit: str) -> str:
    """The short form of a commit's id."""
    return commit[:_SHORT]


def title(change: Change) -> str:
    """The title of a change: the id and the subject of its newest commit."""
    summary = next((each.subject for each in change.records if each.has_own_changes), "")
    return f"{short(change.head)} {shown(summary)}".strip()


def _too_many_values(change: Change, bound: Bound, report: Report) -> Tally:
    """The failure of a policy that uses values, for a change with more values than are judged."""
    policy, here = bound.program.policy, place(change)
    message = f"the change affects more than {VALUES} values, and `{policy.id}` cannot judge all of them"
    report.add(TOO_LARGE, message, here, hint="split it into several changes")
    return Tally(policy.id, EVERYBODY, 1, (Failure(short(change.head), None, here),))


def _text(bound: Bound) -> str:
    policy = bound.program.policy
    return f"{policy.match}\n{policy.require}\n{policy.message}"


def _refused_first(change: Change, effect: Effect, bound: Bound) -> Effect:
    """The effect with the first value moved to the front at which a policy about values fails.

    That is the last value of the shortest prefix on which the policy fails.
    """
    altered = effect.altered
    data = subject(change, effect).data

    def is_refused_with(number: int) -> bool:
        some = {**data, "values": values(effect._replace(altered=altered[:number]))}
        return is_refused(bound.program, inputs_of(Scope.CHANGE, {}, [some]), 0)

    if bound.program.policy.at[:1] != ("values",) or not is_refused_with(len(altered)):
        return effect
    first = bisect_left(range(1, len(altered)), True, key=is_refused_with)  # noqa: FBT003 - it is what is looked for
    return effect._replace(altered=(altered[first], *altered[:first], *altered[first + 1 :]))


def _place(change: Change, effect: Effect, bound: Bound) -> Place:
    """The place of a finding: the first changed value, an artifact of an untouched tenant, or the first file."""
    about = bound.program.policy.at[:1]
    if about == ("values",) and effect.altered:
        return effect.altered[0].place
    if about == ("artifacts",):
        touched = owners(change.paths)
        foreign = (path for path in touched.artifacts if "/tenants/" in path and _tenant(path) not in touched.tenants)
        if path := next(foreign, None):
            return Place(path)
    return place(change)


def _tenant(path: str) -> str:
    return path.split("/tenants/", 1)[1].partition("/")[0]


def _commit_note(change: Change) -> tuple[Note, ...]:
    own = next((each for each in change.records if each.has_own_changes), None)
    if own is None:
        return ()
    return (Note(f"in commit {short(own.id)}, by {shown(own.author.name)} <{shown(own.author.email)}>"),)
