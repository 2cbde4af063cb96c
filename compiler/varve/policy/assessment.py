"""What the checks of a framework's controls say of each tenant that is held to it: how much they support, and how."""

from collections.abc import Mapping
from typing import Final, get_args

from varve.model.assessment import Assessed, Assessment, Check, Ground, History, Standing, Unchecked, Verdict
from varve.model.policy import Control, Framework
from varve.policy.observed import Known, Observed, known, observed

_ORDER: Final[tuple[Verdict, ...]] = get_args(Verdict)
_UNKNOWN: Final[Verdict] = "not judged"
_NO_POLICY: Final = Observed(unjudged=("no such policy is in force",))


def assess(ground: Ground) -> Assessment:
    """How every tenant of `ground` stands to the frameworks that it is held to; those that nobody defines are left out.

    What was not looked at never counts as passed: a unit that did not compile, a question that nobody asked, a policy
    that is switched off.
    """
    frameworks, facts = ground.library.frameworks, known(ground)
    standings = tuple(
        _standing(facts, tenant, frameworks[id_])
        for tenant, held in sorted(ground.held.items())
        for id_ in sorted(set(held))
        if id_ in frameworks
    )
    past = ground.history or History()
    return Assessment(
        commit=ground.commit,
        compiler=ground.compiler,
        day=ground.day,
        looked=past.looked,
        whole=past.whole,
        since=past.since,
        until=past.until,
        again=ground.again,
        standings=standings,
    )


def _standing(facts: Known, tenant: str, framework: Framework) -> Standing:
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


def _check(facts: Known, tenant: str, id_: str) -> Check:
    policy = facts.ground.library.policies.get(id_)
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
    """A control, of which the worst of its checks decides; nothing is known of one that has none."""
    verdicts: list[Verdict] = [checks[each].verdict for each in control.checks]
    verdict = min(verdicts, key=_ORDER.index, default=_UNKNOWN)
    return Assessed(control.id, control.title, verdict, control.checks, control.limits)
