"""A policy is tried: on its own examples, or on the codes that it names, which varve must know."""

from collections.abc import Collection

from varve.language.name import nearest
from varve.model.diagnostic import Place, Report, Rule
from varve.model.policy import Policy
from varve.policy import example
from varve.policy.example import Outcome
from varve.policy.program import Program

FAILED_EXAMPLE = Rule(
    "policy/failed-example",
    "A policy says something else of its example than the example expects",
    "The examples of a policy are its tests: one that passes shows what is meant to be right, one that fails what is "
    "meant to be wrong. Where the policy judges one otherwise, its expressions do not say what their author meant, or "
    "the example does not. Mend whichever is wrong, before the policy judges what is real.",
)

UNKNOWN_RULE = Rule(
    "policy/unknown-rule",
    "A policy names a rule that varve does not have",
    "The `rules` of a policy are codes of varve's own: it has failed where one of them was reported of the tenant. A "
    "code that nothing ever reports would make it pass for ever. `varve rule` lists all codes.",
)


def try_rules(policy: Policy, known: Collection[str], report: Report) -> None:
    """Report each of the codes of a policy that is not among those that are `known`."""
    for index, code in enumerate(policy.rules):
        if code not in known:
            meant = nearest(code, known)
            hint = f"did you mean `{meant}`?" if meant else "`varve rule` lists all codes"
            report.say(UNKNOWN_RULE, f"varve has no rule `{code}`", Place(policy.file, ("rules", index)), hint=hint)


def try_examples(program: Program, report: Report) -> int:
    """How many examples were tried; those of which the policy says something else than expected are reported."""
    outcomes = example.judge(program)
    for each in outcomes:
        if not each.sound:
            _say(program, each, report)
    return len(outcomes)


def _say(program: Program, outcome: Outcome, report: Report) -> None:
    policy, tried = program.policy, outcome.example
    place = Place(policy.file, tried.keys)
    named = f"`{tried.name}`"
    if outcome.fault:
        message = f"{named} cannot be judged: {outcome.fault.message}"
        hint = "mend the expression: does it ask first whether what may be missing is there; or complete the example"
    elif tried.holds:
        message = f"{named} should pass, and the policy says of it: {outcome.said}"
        hint = "mend the policy or the example"
    else:
        message = f"{named} should fail, and the policy has nothing to say of it"
        hint = "mend `require`, or `match` if the policy was not about it, or the example"
    report.say(FAILED_EXAMPLE, message, place, hint=hint)
