"""`varve rule` explains every diagnostic."""

import json
from pathlib import Path

import pytest

from tests.api.policy.governed import POLICY, write
from tests.workbench import varve
from varve.api.catalogue import rules


def test_the_list_has_a_line_for_every_rule(tmp_path: Path) -> None:
    code, output = varve("rule", tmp_path)
    assert code == 0
    listed = [line.split(maxsplit=1) for line in output.splitlines()]
    assert listed == [[rule.code, rule.title] for rule in rules().values()]


def test_programs_are_told_the_same(tmp_path: Path) -> None:
    listed = json.loads(varve("rule --format json", tmp_path)[1])
    assert [each["code"] for each in listed] == [*rules()]
    assert json.loads(varve("rule resolve/locked --format json", tmp_path)[1]) == [
        each for each in listed if each["code"] == "resolve/locked"
    ]
    (policy,) = json.loads(varve("rule policy/alert-runbook --format json", tmp_path)[1])
    assert policy["id"] == "alert-runbook"


@pytest.mark.parametrize("code", rules())
def test_every_rule_is_explained(code: str, tmp_path: Path) -> None:
    rule = rules()[code]
    ended, output = varve(f"rule {code}", tmp_path)
    head, _, explanation = output.partition("\n\n")
    assert ended == 0
    assert head == f"{rule.severity.value}[{code}]: {rule.title}"
    assert explanation.split() == rule.explanation.split()
    assert max(map(len, explanation.splitlines())) <= 88


@pytest.mark.parametrize(
    ("code", "message"),
    {
        "a misspelt one": (
            "read/duplicate-keys",
            "there is no rule `read/duplicate-keys`; did you mean `read/duplicate-key`?",
        ),
        "one that resembles none": ("moon", "there is no rule `moon`; `varve rule` lists them all"),
        "a policy by its id alone": (
            "two-channels",
            "there is no rule `two-channels`; did you mean `policy/two-channels`?",
        ),
        "a misspelt policy": (
            "policy/alert-runbok",
            "there is no rule `policy/alert-runbok`; did you mean `policy/alert-runbook`?",
        ),
    }.values(),
)
def test_an_unknown_rule_is_a_mistake(code: str, message: str, tmp_path: Path) -> None:
    assert varve(f"rule {code}", tmp_path) == (1, f"Error: {message}\n")


def test_a_policy_is_explained_as_varve_ships_it(tmp_path: Path) -> None:
    code, output = varve("rule policy/alert-runbook", tmp_path)
    assert code == 0
    assert output.startswith("warning[policy/alert-runbook]: ")
    assert "policies/quality/alert-runbook.yaml, which varve ships\n" in output


def test_a_policy_of_the_repository_precedes_a_shipped_one(repository: Path) -> None:
    write(repository, {"policies/told-services.yaml": POLICY})
    assert "file       policies/told-services.yaml\n" in varve("rule policy/told-services", repository)[1]
    write(repository, {"policies/alert-runbook.yaml": POLICY.replace("told-services", "alert-runbook")})
    assert "file       policies/alert-runbook.yaml\n" in varve("rule policy/alert-runbook", repository)[1]
