"""Which waiver excuses a failure, and which waivers are unused, expired, in the future or misspelt."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from varve.language.name import nearest
from varve.model.diagnostic import Note, Report, Rule
from varve.model.policy import Library, Scope, Tally, Waiver
from varve.model.source import Keys
from varve.model.unit import Unit

UNUSED_WAIVER = Rule(
    "policy/unused-waiver",
    "Waiver is not needed",
    "A waiver excuses something that does not meet a policy. Once that has been fixed, or its name has changed, the "
    "waiver would silently excuse the next mistake. Remove it, or correct what it names. This is reported only if "
    "the whole repository was compiled without errors, and from two weeks after the waiver was granted: a waiver "
    "comes before the change that needs it.",
)
EXPIRED_WAIVER = Rule(
    "policy/expired-waiver",
    "Waiver is not valid today",
    "A waiver is granted on one day and ends on another: what was put off must be fixed by then, or put off again by "
    "somebody who may. A build does not know the day and still applies the waiver, so that nothing breaks at "
    "midnight; `varve check` fails. Fix what the waiver excuses and remove it, or let its owner renew it.",
)


UNKNOWN_NAME = Rule(
    "policy/unknown-name",
    "Waiver names an unknown tenant or environment",
    "A waiver applies to whom it names. One with a misspelt name applies to nobody, and what it was granted for is "
    "still an error. Correct the name, or remove a waiver whose tenant is gone.",
)

PATIENCE: Final = timedelta(days=14)
"""How long a waiver may be unused before it is reported."""


def excusing(waivers: Iterable[Waiver], policy: str, unit: Unit, keys: Keys) -> Waiver | None:
    """The first waiver that excuses a unit from a policy at `keys`, regardless of its dates.

    A subject without a tenant or an environment is only excused by a waiver that names none.
    """
    return next((each for each in waivers if each.policy == policy and _covers(each, unit, keys)), None)


def _covers(waiver: Waiver, unit: Unit, keys: Keys) -> bool:
    named = waiver.tenant in (None, unit.tenant) and waiver.environment in (None, unit.environment)
    return named and keys[: len(waiver.path)] == waiver.path


def judge_names(library: Library, tenants: Sequence[str], environments: Sequence[str], report: Report) -> None:
    """Report each unknown tenant and environment that a waiver names."""
    for each in _ordered(library):
        for key, name, known in (("tenant", each.tenant, tenants), ("environment", each.environment, environments)):
            if name is not None and name not in known:
                meant = nearest(name, known)
                hint = f"did you mean `{meant}`?" if meant else "correct the name, or remove the waiver"
                place = each.place._replace(keys=(*each.place.keys, key))
                report.add(UNKNOWN_NAME, f"there is no {key} `{name}`", place, hint=hint)


def unused_waivers(library: Library, tallies: Iterable[Tally]) -> tuple[Waiver, ...]:
    """The waivers that excuse no failure of a whole compile; those of policies about changes are left out."""
    used = {failure.waiver for tally in tallies for failure in tally.failures}
    applicable = {id_ for id_, policy in library.policies.items() if policy.scope is not Scope.CHANGE}
    return tuple(each for each in _ordered(library) if each not in used and each.policy in applicable)


def report_unused(unused: Iterable[Waiver], today: date, report: Report) -> None:
    """Report each unused waiver that was granted more than `PATIENCE` before `today`."""
    for each in unused:
        if each.granted + PATIENCE < today:
            message = f"nothing needs this waiver of `{each.policy}`"
            report.add(UNUSED_WAIVER, message, each.place, hint="remove it, or correct what it names")


def report_expired(library: Library, today: date, report: Report) -> None:
    """Report each waiver that ended before `today`, or is granted on a day after it."""
    for each in _ordered(library):
        ownership = Note(f"`{each.owner}` owns it")
        if each.until < today:
            message = f"the waiver of `{each.policy}` ended on {each.until.isoformat()}"
            hint = "fix what it excuses and remove it, or let its owner renew it"
            report.add(EXPIRED_WAIVER, message, each.place, ownership, hint=hint)
        elif each.granted > today:
            message = f"the waiver of `{each.policy}` is granted on {each.granted.isoformat()}, which is in the future"
            report.add(EXPIRED_WAIVER, message, each.place, ownership, hint="set the day on which it was granted")


def _ordered(library: Library) -> Sequence[Waiver]:
    return sorted(library.waivers, key=lambda each: (each.place.file, [str(key) for key in each.place.keys]))
