"""What was found about a tenant and a policy: from the tallies of its expressions, or from varve's own diagnostics."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from varve.model.assessment import Basis, Exemption, Finding, Question, Verdict
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
"""The codes that a compile does not report, and the question that has to be asked for them to be reported."""

_NOT_CHECKED: Final[Mapping[Question, str]] = {
    "artifacts": "the files under build/ were not compared with the sources",
    "rotation": "git was not asked how old the data keys are",
    "examples": "the examples of the policies were not judged",
    "waivers": "the waivers were not compared with a day",
    "past": "git was not asked for the history of the sources",
}

_ROUTING: Final = frozenset({"link/unheard-alert", "link/quiet-critical", "link/quiet-escalation"})
"""The codes that are reported only where alerts are routed: in an environment with an Alertmanager."""

_BROKEN: Final = "did not compile"
_UNROUTED: Final = "there is no Alertmanager, so nothing shows who is notified"


class Observed(NamedTuple):
    """The findings among the `sample` that was judged of a `population`, and why the others are `unjudged`.

    Findings whose waiver is not valid today are among the failures too.
    """

    population: int = 0
    sample: int = 0
    failures: tuple[Finding, ...] = ()
    exceptions: tuple[Exemption, ...] = ()
    unjudged: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst verdict that applies; what was judged only in part has not passed."""
        if self.failures:
            return "failed"
        if self.unjudged or (self.population and not self.sample):
            return "not judged"
        if self.exceptions:
            return "waived"
        return "passed" if self.sample else "not applicable"


class Facts(NamedTuple):
    """The basis of an assessment, indexed, because there may be very many units and tallies.

    `units` are by tenant, `tallies` by policy and unit, those of `changes` by policy, and `diagnostics` by
    their code. `reached` are the units on which policies were evaluated, whatever the result.
    """

    basis: Basis
    units: Mapping[str, Sequence[Unit]]
    tallies: Mapping[tuple[str, Unit], Sequence[Tally]]
    changes: Mapping[str, Sequence[Tally]]
    diagnostics: Mapping[str, Sequence[Diagnostic]]
    reached: frozenset[Unit]


def indexed(basis: Basis) -> Facts:
    """The basis of an assessment, indexed for `observed`."""
    units: defaultdict[str, list[Unit]] = defaultdict(list)
    tallies: defaultdict[tuple[str, Unit], list[Tally]] = defaultdict(list)
    changes: defaultdict[str, list[Tally]] = defaultdict(list)
    diagnostics: defaultdict[str, list[Diagnostic]] = defaultdict(list)
    for unit in basis.units:
        units[unit.tenant].append(unit)
    for tally in basis.tallies:
        tallies[tally.policy, tally.unit].append(tally)
    for tally in basis.history.tallies if basis.history else ():
        changes[tally.policy].append(tally)
    for each in basis.diagnostics:
        diagnostics[each.rule.code].append(each)
    reached = basis.sound | {tally.unit for tally in basis.tallies}
    return Facts(basis, units, tallies, changes, diagnostics, reached)


def observed(facts: Facts, tenant: str, policy: Policy) -> Observed:
    """What was found about a tenant and a policy."""
    if policy.rules:
        return _by_codes(facts, tenant, policy)
    if policy.scope is Scope.CHANGE:
        return _by_changes(facts, tenant, policy)
    return _by_tallies(facts, tenant, policy)


def concerns(file: str, tenant: str) -> bool:
    """Whether a file concerns the tenant: any does that is not in another tenant's folder."""
    match file.split("/"):
        case ["tenants", other, _, *_] | ["build", _, "tenants", other, _, *_]:
            return other == tenant
    return True


def _by_codes(facts: Facts, tenant: str, policy: Policy) -> Observed:
    """By varve's own codes: none of them may be reported in a file of the tenant or of the platform."""
    failures = tuple(
        Finding(each.message, "", each.place)
        for code in policy.rules
        for each in facts.diagnostics.get(code, ())
        if _is_about(each, tenant)
    )
    not_checked = tuple(_NOT_CHECKED[each] for each in sorted(_questions(policy) - facts.basis.questions))
    if policy.scope is not Scope.UNIT:
        # Such a policy is judged once for the whole repository, even if units are broken.
        return Observed(1, 0 if not_checked else 1, failures, (), not_checked)
    units = facts.units.get(tenant, ())
    reasons = [(reason, unit) for unit in units if (reason := _reason_unreported(facts, unit, policy))]
    sample = 0 if not_checked else len(units) - len(reasons)
    return Observed(len(units), sample, failures, (), (*not_checked, *_grouped(reasons)))


def _reason_unreported(facts: Facts, unit: Unit, policy: Policy) -> str:
    """Why the codes of a policy could not be reported for a unit; empty if they could."""
    if unit not in facts.basis.sound:
        return _BROKEN
    return _UNROUTED if unit.environment in facts.basis.unrouted and _ROUTING.intersection(policy.rules) else ""


def _questions(policy: Policy) -> set[Question]:
    return {QUESTIONS[code] for code in policy.rules if code in QUESTIONS}


def _is_about(diagnostic: Diagnostic, tenant: str) -> bool:
    return diagnostic.place is None or concerns(diagnostic.place.file, tenant)


def _by_tallies(facts: Facts, tenant: str, policy: Policy) -> Observed:
    """By the tallies of the tenant's units, of its environments' platforms, or of its and the platform's sources."""
    units = facts.units.get(tenant, ())
    expected = tuple(units)
    if policy.scope is Scope.PLATFORM:
        expected = tuple(dict.fromkeys(Unit("", unit.environment) for unit in units))
    if policy.scope is Scope.SOURCE:
        expected = (Unit(tenant, ""), Unit("", ""))
    found = [each for unit in expected for each in facts.tallies.get((policy.id, unit), ())]
    unjudged = [unit for unit in expected if (policy.id, unit) not in facts.tallies]
    if policy.scope is Scope.SOURCE:
        # The sources of a unit are judged with it.
        unjudged += [unit for unit in units if unit not in facts.reached]
    return _counted(found, _unjudged(facts, unjudged), facts.basis.day)


def _by_changes(facts: Facts, tenant: str, policy: Policy) -> Observed:
    """By the tallies of the changes that touch the tenant or everybody; any change that was not judged could be one."""
    past = facts.basis.history
    if past is None:
        return Observed(unjudged=("no change was judged",))
    found = [each for each in facts.changes.get(policy.id, ()) if each.unit.tenant in ("", tenant)]
    unjudged = () if found else ("it was not judged for the changes",)
    counted = _counted(found, unjudged, facts.basis.day)
    return counted._replace(population=counted.sample + past.whole - past.looked)


def _counted(found: Iterable[Tally], unjudged: tuple[str, ...], today: date) -> Observed:
    population, failures, exceptions = 0, list[Finding](), list[Exemption]()
    for tally in found:
        population += tally.population
        for each in tally.failures:
            finding = Finding(each.subject, tally.unit.environment, each.place)
            if each.waiver is not None:
                exceptions.append(_exemption(finding, each.waiver, today))
            if each.waiver is None or exceptions[-1].expired:
                failures.append(finding)
    return Observed(population, population, tuple(failures), tuple(exceptions), unjudged)


def _exemption(finding: Finding, waiver: Waiver, today: date) -> Exemption:
    expired = not waiver.granted <= today <= waiver.until
    return Exemption(finding, waiver.reason, waiver.owner, waiver.granted, waiver.until, expired)


def _unjudged(facts: Facts, unjudged: Iterable[Unit]) -> tuple[str, ...]:
    """Why a policy was not judged for these units, platforms, or sources of a tenant."""
    return _grouped((_reason(facts, unit), unit) for unit in unjudged)


def _grouped(reasons: Iterable[tuple[str, Unit]]) -> tuple[str, ...]:
    """Each reason once, with its environments."""
    found: dict[str, list[str]] = {}
    for reason, unit in reasons:
        found.setdefault(reason, []).append(unit.environment)
    return tuple(f"{reason}: {', '.join(each)}" if any(each) else reason for reason, each in found.items())


def _reason(facts: Facts, unit: Unit) -> str:
    if unit.tenant and not unit.environment:
        return "it was not judged for the tenant's sources"
    if unit.tenant:
        return "it was not judged" if unit in facts.reached else _BROKEN
    if any(unit.environment in ("", each.environment) for each in facts.reached):
        return "it was not judged for the platform, because the tenant's own file and grants do not name the framework"
    return _BROKEN
