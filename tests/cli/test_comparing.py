"""The commands that compare print their results in the same way, and have the same exit codes."""

import json
from pathlib import Path

import pytest

from tests.workbench import varve

ALIKE = ("affected", "diff")
SERVICE = "tenants/acme/services/search.yaml"


@pytest.mark.parametrize("command", ALIKE)
def test_without_a_change_programs_get_an_empty_answer(command: str, repository: Path) -> None:
    code, output = varve(f"{command} HEAD --format json", repository)
    assert (code, json.loads(output)) == (0, [])


@pytest.mark.parametrize("command", ALIKE)
def test_without_an_answer_programs_get_no_output(command: str, repository: Path) -> None:
    code, output = varve(f"{command} nowhere --format json", repository)
    assert code == 1
    assert "world/unknown-revision" in output
    assert "[]" not in output


@pytest.mark.parametrize("command", ALIKE)
def test_an_answer_is_printed_despite_errors(command: str, two: Path) -> None:
    (two / SERVICE).write_text("scrape: {app: {targets: ['search:9090']}}\n")
    (two / "tenants/umbra/tenant.yaml").write_text("tenant: [\n")
    code, output = varve(f"{command} HEAD --format json", two)
    answer, end = json.JSONDecoder().raw_decode(output)
    assert code == 1
    assert "acme" in json.dumps(answer)
    assert "tenants/umbra/tenant.yaml" in output[end:]


@pytest.mark.parametrize("command", ALIKE)
def test_the_help_lists_the_options_of_commands_that_compile(command: str, repository: Path) -> None:
    code, output = varve(f"{command} --help", repository)
    assert code == 0
    assert [each for each in ("--format", "--stats", "--executor", "--jobs", "--no-cache") if each not in output] == []
