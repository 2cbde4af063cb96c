"""The options and exit codes of `varve policy list` and `test`."""

import json
from pathlib import Path

import pytest

from tests.api.policy.governed import POLICY, governed, write
from tests.workbench import varve

__all__ = ("governed",)


def test_every_policy_is_listed(governed: Path) -> None:
    code, output = varve("policy list", governed)
    assert code == 0
    head, *lines = output.splitlines()
    assert head.split() == ["POLICY", "SCOPE", "SEVERITY", "ASKED", "WAIVABLE", "FROM", "FRAMEWORKS"]
    (own,) = [line for line in lines if line.startswith("told-services ")]
    assert own.split() == ["told-services", "service", "warning", "by", "frameworks", "yes", "own", "house"]


def test_the_list_can_be_json(governed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, output = varve("policy list --format json", governed)
    assert code == 0
    (own,) = [each for each in json.loads(output) if each["id"] == "told-services"]
    assert own["controls"] == {"house": ["H1"]}
    monkeypatch.setenv("VARVE_POLICY_LIST_FORMAT", "json")
    assert varve("policy list --rev HEAD", governed) == (0, output)


def test_a_broken_policy_ends_the_list_with_1(governed: Path) -> None:
    write(governed, {"policies/other.yaml": "id: other\n"})
    for words in ("", "--format json"):
        code, output = varve(f"policy list {words}", governed)
        assert code == 1
        assert "error[check/missing-key]" in output
        assert "told-services" in output


def test_examples_are_tested(governed: Path) -> None:
    assert varve("policy test told-services", governed) == (0, "1 policy finds what is expected in 2 examples\n")


def test_the_policies_of_a_commit_can_be_tested(governed: Path) -> None:
    write(governed, {"policies/told-services.yaml": POLICY.replace("has(", "false && has(")})
    assert varve("policy test told-services", governed)[0] == 1
    assert varve("policy test told-services --rev HEAD", governed)[0] == 0
    assert "error[world/unknown-revision]" in varve("policy test --rev nope", governed)[1]


def test_a_failing_example_is_reported_in_every_format(governed: Path) -> None:
    write(governed, {"policies/told-services.yaml": POLICY.replace("has(", "false && has(")})
    code, output = varve("policy test", governed)
    assert code == 1
    assert "error[policy/failed-example]: `a service that says it` should pass" in output
    assert " --> policies/told-services.yaml:10:" in output
    code, output = varve("policy test told-services --format json", governed)
    assert (code, [each["line"] for each in json.loads(output)]) == (1, [10])
    code, output = varve("policy test told-services --format github", governed)
    assert code == 1
    assert output.startswith("::error file=policies/told-services.yaml,line=10")


def test_an_unknown_policy_is_a_mistake(governed: Path) -> None:
    code, output = varve("policy test told-service", governed)
    assert code == 1
    assert "did you mean `told-services`?" in output


def test_outside_a_repository_the_command_fails(tmp_path: Path) -> None:
    for words in ("list", "test", "report"):
        code, output = varve(f"policy {words}", tmp_path)
        assert code == 1
        assert "error[world/no-settings]" in output


def test_the_group_shows_its_commands(governed: Path) -> None:
    code, output = varve("policy --help", governed)
    assert code == 0
    assert all(f"\n  {name} " in output for name in ("list", "test", "report", "evidence"))
