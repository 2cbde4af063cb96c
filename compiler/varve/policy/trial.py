"""Tests of a policy: its examples have the expected results, and varve knows the codes that it names."""

from collections.abc import Collection

from varve.language.name import nearest
from varve.model.diagnostic import Place, Report, Rule
from varve.model.policy import Policy
from varve.policy import example
from varve.policy.example import Outcome
from varve.policy.program import Program

FAILED_EXAMPLE = Rule(
    "policy/failed-example",
    "Example of a policy has an unexpected result",
    "The examples of a policy are its tests: `pass` shows what is meant to be right, `fail` what is meant to be "
    "wrong. If the policy judges one differently, either its expressions or the example are not what the author "
    "meant. Correct whichever is wrong before the policy judges real sources.",
)

UNKNOWN_RULE = Rule(
    "policy/unknown-rule",
    "Unknown rule in a policy",
    "The `rules` of a policy are codes of varve's own: the policy fails if one of them is reported for the tenant. "
    "With an unknown code it would always pass. `varve rule` lists all codes.",
)


def try_rules(policy: Policy, known: Collection[str], report: Report) -> None:
    """Report each code of a policy that is not in `known`."""
    for index, code in enumerate(policy.rules):
        if code not in known:
            meant = nearest(code, known)
            hint = f"did you mean `{meant}`?" if meant else "`varve rule` lists all codes"
            report.add(UNKNOWN_RULE, f"varve has no rule `{code}`", Place(policy.file, ("rules", index)), hint=hint)


def try_examples(program: Program, report: Report) -> int:
    """The number of examples of a policy; those with an unexpected result are reported."""
    outcomes = example.judge(program)
    for each in outcomes:
        if not each.sound:
            _report(program, each, report)
    return len(outcomes)


def _report(program: Program, outcome: Outcome, report: Report) -> None:
    policy, tried = program.policy, outcome.example
    place = Place(policy.file, tried.keys)
    named = f"`{tried.name}`"
    if outcome.fault:
        message = f"{named} cannot be judged: {outcome.fault.message}"
        hint = "check with `has()` for what may be missing, or complete the example"
    elif tried.holds:
        message = f"{named} should pass but the policy reports: {outcome.message}"
        hint = "correct the policy or the example"
    else:
        message = f"{named} should fail but the policy reports nothing"
        hint = "correct `require`, or `match` if the policy did not apply, or the example"
    report.add(FAILED_EXAMPLE, message, place, hint=hint)
