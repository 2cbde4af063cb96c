"""A unit resolves to plain data, or to the reasons why it does not."""

import json
from pathlib import Path

import pytest

import varve
from tests.workbench import shell


def test_a_unit_resolves_to_plain_data(repository: Path) -> None:
    answer = varve.open(repository).unit("acme", "production").resolve()
    assert answer.sound
    assert answer.value is not None
    assert answer.value["environment"] == "production"
    assert answer.value == json.loads(json.dumps(answer.value))
    assert "environment: production\n" in answer.text()


def test_a_broken_unit_has_no_value_and_says_why(repository: Path) -> None:
    (repository / "tenants/acme/services/checkout.yaml").write_text("owner: [\n")
    answer = varve.open(repository).unit("acme", "production").resolve()
    assert (answer.value, answer.broken) == (None, True)
    assert [each.rule.code for each in answer.diagnostics] == ["read/syntax"]
    assert answer.text().startswith("error[read/syntax]")


def test_mistakes_of_other_tenants_are_not_reported(two: Path) -> None:
    (two / "tenants/umbra/services/checkout.yaml").write_text("owner: [\n")
    (two / "tenants/umbra/services/link.yaml").symlink_to("checkout.yaml")
    (two / "build/stranger").symlink_to("nowhere")
    found = varve.open(two)
    assert found.unit("acme", "production").resolve().diagnostics == ()
    assert found.unit("acme", "production").resolve().value
    assert found.unit("umbra", "production").resolve().broken


def test_a_broken_environment_breaks_its_units_and_no_others(repository: Path) -> None:
    (repository / "environments/production.yaml").write_text("platform: {targets: {prometheus: {version: '1'}}}\n")
    found = varve.open(repository)
    assert found.unit("acme", "production").resolve().value is None
    assert found.unit("acme", "staging").resolve().value is not None


@pytest.mark.parametrize(
    ("tenant", "environment", "code"),
    [("amce", "production", "read/no-such-tenant"), ("acme", "moon", "read/no-such-environment")],
)
def test_an_unknown_unit_is_reported(tenant: str, environment: str, code: str, repository: Path) -> None:
    answer = varve.open(repository).unit(tenant, environment).resolve()
    assert (answer.value, [each.rule.code for each in answer.diagnostics]) == (None, [code])


def test_an_unknown_commit_is_reported(repository: Path) -> None:
    answer = varve.open(repository).unit("acme", "production").resolve("nothing")
    assert (answer.value, [each.rule.code for each in answer.diagnostics]) == (None, ["world/unknown-revision"])


def test_broken_settings_are_reported(repository: Path) -> None:
    assert shell("echo 'layers: 1' >> varve.yaml", repository)[0] == 0
    answer = varve.open(repository).unit("acme", "production").resolve()
    assert answer.value is None
    assert answer.broken
