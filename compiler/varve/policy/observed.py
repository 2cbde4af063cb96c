"""What is known of a tenant and a policy: by the tallies of its expressions, or by what varve said under its codes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from varve.model.assessment import Exemption, Finding, Ground, Question, Verdict
from varve.model.diagnostic import Diagnostic
from varve.model.policy import Policy, Scope, Tally, Waiver
from varve.model.unit import Unit

QUESTIONS: Final[Mapping[str, Question]] = {
    **dict.fromkeys(
        ("write/stale-artifact", "write/left-over-artifact", "write/missing-artifact", "write/stranger"), "artifacts"
    ),
    **dict.fromkeys(
        ("check/overdue-rotation", "check/unknown-rotation", "check/copied-seal", "check/replayed-seal"), "rotation"
    ),
    **dict.fromkeys(("check/secret-in-history", "world/shallow-history"), "past"),
    "policy/failed-example": "examples",
    "policy/expired-waiver": "waivers",
}
"""The codes that a compile does not say, and what has to be asked for them to be said."""

_UNASKED: Final[Mapping[Question, str]] = {
    "artifacts": "the files under build/ were not compared with the sources",
    "rotation": "git was not judged how old the data keys are",
    "examples": "the examples of the policies were not judged",
    "waivers": "the waivers were not compared with a day",
    "past": "git was not judged for the history of the sources",
}

_BROKEN: Final = "did not compile"


class Observed(NamedTuple):
    """What was found, among how many things there are and how many of them were looked at; and why not at the others.

    The findings of waivers that do not count today are among the failures too.
    """

    population: int = 0
    sample: int = 0
    failures: tuple[Finding, ...] = ()
    exceptions: tuple[Exemption, ...] = ()
    unjudged: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst that is so; what was looked at only in part has not passed."""
        if self.failures:
            return "failed"
        if self.unjudged or (self.population and not self.sample):
            return "not judged"
        if self.exceptions:
            return "waived"
        return "passed" if self.sample else "not applicable"


class Known(NamedTuple):
    """The ground of an assessment, in the order in which it is asked: there may be very many units and tallies.

    `units` are by tenant, `tallies` by policy and unit, those of changes by policy, and what was `said` by its code.
    `reached` are the units that came to where policies are asked, whatever those said.
    """

    ground: Ground
    units: Mapping[str, Sequence[Unit]]
    tallies: Mapping[tuple[str, Unit], Sequence[Tally]]
    changes: Mapping[str, Sequence[Tally]]
    said: Mapping[str, Sequence[Diagnostic]]
    reached: frozenset[Unit]


def known(ground: Ground) -> Known:
    """What `observed` asks."""
    units: defaultdict[str, list[Unit]] = defaultdict(list)
    tallies: defaultdict[tuple[str, Unit], list[Tally]] = defaultdict(list)
    changes: defaultdict[str, list[Tally]] = defaultdict(list)
    said: defaultdict[str, list[Diagnostic]] = defaultdict(list)
    for unit in ground.units:
        units[unit.tenant].append(unit)
    for tally in ground.tallies:
        tallies[tally.policy, tally.unit].append(tally)
    for tally in ground.history.tallies if ground.history else ():
        changes[tally.policy].append(tally)
    for each in ground.diagnostics:
        said[each.rule.code].append(each)
    reached = ground.sound | {tally.unit for tally in ground.tallies}
    return Known(ground, units, tallies, changes, said, reached)


def observed(known: Known, tenant: str, policy: Policy) -> Observed:
    """What is known of a tenant and a policy."""
    if policy.rules:
        return _said(known, tenant, policy)
    if policy.scope is Scope.CHANGE:
        return _changed(known, tenant, policy)
    return _tallied(known, tenant, policy)


def concerns(file: str, tenant: str) -> bool:
    """Whether what stands in a file is a matter of the tenant: it is, unless the folder is another tenant's."""
    match file.split("/"):
        case ["tenants", other, _, *_] | ["build", _, "tenants", other, _, *_]:
            return other == tenant
    return True


def _said(known: Known, tenant: str, policy: Policy) -> Observed:
    """By varve's own codes: none of them may be said in a file of the tenant or of the platform."""
    failures = tuple(
        Finding(each.message, "", each.place)
        for code in policy.rules
        for each in known.said.get(code, ())
        if _is_about(each, tenant)
    )
    unasked = tuple(_UNASKED[each] for each in sorted(_questions(policy) - known.ground.asked))
    if policy.scope is not Scope.UNIT:
        # It is of the repository as a whole, whatever becomes of its units.
        return Observed(1, 0 if unasked else 1, failures, (), unasked)
    units = known.units.get(tenant, ())
    broken = [unit for unit in units if unit not in known.ground.sound]
    sample = 0 if unasked else len(units) - len(broken)
    return Observed(len(units), sample, failures, (), (*unasked, *_grouped((_BROKEN, unit) for unit in broken)))


def _questions(policy: Policy) -> set[Question]:
    return {QUESTIONS[code] for code in policy.rules if code in QUESTIONS}


def _is_about(said: Diagnostic, tenant: str) -> bool:
    return said.place is None or concerns(said.place.file, tenant)


def _tallied(known: Known, tenant: str, policy: Policy) -> Observed:
    """By the tallies of the tenant's units, of its environments' platforms, or of its sources and the platform's."""
    units = known.units.get(tenant, ())
    asked = tuple(units)
    if policy.scope is Scope.PLATFORM:
        asked = tuple(dict.fromkeys(Unit("", unit.environment) for unit in units))
    if policy.scope is Scope.SOURCE:
        asked = (Unit(tenant, ""), Unit("", ""))
    found = [each for unit in asked for each in known.tallies.get((policy.id, unit), ())]
    silent = [unit for unit in asked if (policy.id, unit) not in known.tallies]
    if policy.scope is Scope.SOURCE:
        # The sources of a unit are looked at with it.
        silent += [unit for unit in units if unit not in known.reached]
    return _counted(found, _silence(known, silent), known.ground.day)


def _changed(known: Known, tenant: str, policy: Policy) -> Observed:
    """By the tallies of the changes that touch the tenant, or everybody; any change not looked at might be one."""
    past = known.ground.history
    if past is None:
        return Observed(unjudged=("no change was judged",))
    found = [each for each in known.changes.get(policy.id, ()) if each.unit.tenant in ("", tenant)]
    silent = () if found else ("it was not judged for the changes",)
    made = _counted(found, silent, known.ground.day)
    return made._replace(population=made.sample + past.whole - past.looked)


def _counted(found: Iterable[Tally], silent: tuple[str, ...], today: date) -> Observed:
    population, failures, exceptions = 0, list[Finding](), list[Exemption]()
    for tally in found:
        population += tally.population
        for each in tally.failures:
            finding = Finding(each.subject, tally.unit.environment, each.place)
            if each.waiver is not None:
                exceptions.append(_exemption(finding, each.waiver, today))
            if each.waiver is None or exceptions[-1].expired:
                failures.append(finding)
    return Observed(population, population, tuple(failures), tuple(exceptions), silent)


def _exemption(finding: Finding, waiver: Waiver, today: date) -> Exemption:
    idle = not waiver.granted <= today <= waiver.until
    return Exemption(finding, waiver.reason, waiver.owner, waiver.granted, waiver.until, idle)


def _silence(known: Known, silent: Iterable[Unit]) -> tuple[str, ...]:
    """Why a policy has said nothing of units, platforms, or sources of a tenant."""
    return _grouped((_reason(known, unit), unit) for unit in silent)


def _grouped(reasons: Iterable[tuple[str, Unit]]) -> tuple[str, ...]:
    """Each reason once, with the environments that it is of."""
    found: dict[str, list[str]] = {}
    for reason, unit in reasons:
        found.setdefault(reason, []).append(unit.environment)
    return tuple(f"{reason}: {', '.join(each)}" if any(each) else reason for reason, each in found.items())


def _reason(known: Known, unit: Unit) -> str:
    if unit.tenant and not unit.environment:
        return "it was not judged for the tenant's sources"
    if unit.tenant:
        return "it was not judged" if unit in known.reached else _BROKEN
    if any(unit.environment in ("", each.environment) for each in known.reached):
        return "it was not judged for the platform, because the tenant's own file and grants do not name the framework"
    return _BROKEN
