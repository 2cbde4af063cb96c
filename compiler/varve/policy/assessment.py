"""The assessment of each tenant by the controls of its frameworks."""

from collections.abc import Mapping
from typing import Final, get_args

from varve.model.assessment import Assessed, Assessment, Basis, Check, History, Standing, Unchecked, Verdict
from varve.model.policy import Control, Framework
from varve.policy.observed import Facts, Observed, indexed, observed

_ORDER: Final[tuple[Verdict, ...]] = get_args(Verdict)
_UNKNOWN: Final[Verdict] = "not judged"
_NO_POLICY: Final = Observed(unjudged=("no such policy is in force",))


def assess(basis: Basis) -> Assessment:
    """How every tenant of `basis` stands to the frameworks that it is held to; undefined frameworks are left out.

    What was not judged never counts as passed: a unit that did not compile, a question that was not asked, a policy
    that is switched off.
    """
    frameworks, facts = basis.library.frameworks, indexed(basis)
    standings = tuple(
        _standing(facts, tenant, frameworks[id_])
        for tenant, held in sorted(basis.held.items())
        for id_ in sorted(set(held))
        if id_ in frameworks
    )
    past = basis.history or History()
    return Assessment(
        commit=basis.commit,
        compiler=basis.compiler,
        day=basis.day,
        looked=past.looked,
        whole=past.whole,
        since=past.since,
        until=past.until,
        again=basis.again,
        standings=standings,
    )


def _standing(facts: Facts, tenant: str, framework: Framework) -> Standing:
    checks = {id_: _check(facts, tenant, id_) for id_ in sorted(framework.policies)}
    controls = tuple(_assessed(control, checks) for control in framework.controls)
    applicable = [each for each in controls if each.verdict != "not applicable"]
    return Standing(
        tenant=tenant,
        framework=framework.id,
        title=framework.title,
        limits=framework.limits,
        supported=sum(each.verdict == "passed" for each in applicable),
        applicable=len(applicable),
        covered=sum(bool(each.checks) for each in controls),
        known=len(controls) + len(framework.unchecked),
        controls=controls,
        checks=tuple(checks.values()),
        unchecked=tuple(Unchecked(id_, reason) for id_, reason in framework.unchecked.items()),
    )


def _check(facts: Facts, tenant: str, id_: str) -> Check:
    policy = facts.basis.library.policies.get(id_)
    found = observed(facts, tenant, policy) if policy else _NO_POLICY
    return Check(
        id=id_,
        title=policy.title if policy else "",
        verdict=found.verdict,
        evidence=policy.evidence if policy else "design",
        population=found.population,
        sample=found.sample,
        failures=found.failures,
        exceptions=found.exceptions,
        unjudged=found.unjudged,
        remediation=policy.remediation if policy else "",
        limits=policy.limits if policy else "",
    )


def _assessed(control: Control, checks: Mapping[str, Check]) -> Assessed:
    """A control with the worst verdict of its checks; one without checks is not judged."""
    verdicts: list[Verdict] = [checks[each].verdict for each in control.checks]
    verdict = min(verdicts, key=_ORDER.index, default=_UNKNOWN)
    return Assessed(control.id, control.title, verdict, control.checks, control.limits)
