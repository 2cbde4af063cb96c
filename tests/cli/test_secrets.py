"""The options and exit codes of `varve secrets check`; tests/api covers the rest."""

import json
from pathlib import Path

import pytest

from tests.workbench import varve

SECRETS = "tenants/acme/secrets/slack.sops.yaml"


@pytest.fixture
def spoilt(repository: Path) -> Path:
    """A repository with a secret in the clear."""
    (repository / SECRETS).parent.mkdir()
    (repository / SECRETS).write_text("webhook: hunter2\n")
    return repository


def test_without_secrets_all_is_well(repository: Path) -> None:
    assert varve("secrets check", repository) == (0, "nothing is sealed, and no secret is used\n")


def test_a_mistake_is_printed_in_every_format(spoilt: Path) -> None:
    code, output = varve("secrets check", spoilt)
    assert code == 1
    assert "error[read/not-sealed]" in output
    code, output = varve("secrets check --format json", spoilt)
    assert code == 1
    assert [each["code"] for each in json.loads(output)] == ["read/not-sealed"]
    code, output = varve("secrets check --format github", spoilt)
    assert code == 1
    assert output.startswith(f"::error file={SECRETS}")
    assert "hunter2" not in output


def test_an_unknown_selection_is_a_mistake(repository: Path) -> None:
    for words in ("-e productio", "--environment productio", "-t acmee", "--tenant acmee"):
        code, output = varve(f"secrets check {words}", repository)
        assert code == 1
        assert "did you mean" in output


def test_options_can_be_variables(spoilt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARVE_SECRETS_CHECK_FORMAT", "json")
    assert json.loads(varve("secrets check", spoilt)[1])


def test_the_group_shows_its_commands(repository: Path) -> None:
    code, output = varve("secrets --help", repository)
    assert code == 0
    assert "check" in output
