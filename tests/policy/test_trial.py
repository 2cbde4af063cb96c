"""The examples of a policy are run, and each with an unexpected result is reported, at its line."""

import pytest

from tests.workbench import snapshot
from varve.model.diagnostic import Report
from varve.policy import library, trial
from varve.policy.program import programs
from varve.read.reading import reading
from varve.render.frame import where
from varve.render.situate import situate

POLICY = """\
id: told
title: Services say what they do
severity: warning
scope: service
match: service.id != "internal"
require: has(service.description) && size(service.description) > 3
message: "`{service.id}` does not"
remediation: Say it.
examples:
  - {name: good, pass: {service: {description: money}}}
  - {name: bad, fail: {service: {id: ab}}}
"""


def tried(text: str) -> tuple[int, list[tuple[str, str]]]:
    """The number of examples, and the diagnostics, each with its place."""
    seen, report = snapshot({"policies/told.yaml": text.encode()}), Report()
    desk = reading(seen, report)
    program = programs(library.read(desk, report), desk, report)["told"]
    assert not report, list(report)
    number = trial.try_examples(program, report)
    assert {each.rule.code for each in report} <= {"policy/failed-example"}
    return number, [(each.diagnostic.message, where(each.spot) if each.spot else "") for each in situate(report, seen)]


def test_a_policy_whose_examples_have_the_expected_results_is_sound() -> None:
    assert tried(POLICY) == (2, [])


@pytest.mark.parametrize(
    ("example", "message"),
    {
        "one that should pass": (
            "{name: x, pass: {service: {id: ab}}}",
            "`x` should pass but the policy reports: `ab` does not",
        ),
        "one that should fail": (
            "{name: x, fail: {service: {description: money}}}",
            "`x` should fail but the policy reports nothing",
        ),
        "one that the policy is not about": (
            "{name: x, fail: {service: {id: internal}}}",
            "`x` should fail but the policy reports nothing",
        ),
    }.values(),
)
def test_an_example_with_an_unexpected_result_is_reported_at_its_line(example: str, message: str) -> None:
    assert tried(f"{POLICY}  - {example}\n") == (3, [(message, "policies/told.yaml:12:21")])


def test_an_example_that_cannot_be_judged_is_reported() -> None:
    number, messages = tried(f"{POLICY}  - {{name: x, pass: {{service: {{description: 5}}}}}}\n")
    assert number == 3
    assert [(text.startswith("`x` cannot be judged: "), at) for text, at in messages] == [
        (True, "policies/told.yaml:12:21")
    ]
