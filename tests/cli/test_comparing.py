"""Commands that compare say what they found in the same way, and end alike."""

import json
from pathlib import Path

import pytest

from tests.workbench import varve

ALIKE = ("affected", "diff")
SERVICE = "tenants/acme/services/search.yaml"


@pytest.mark.parametrize("command", ALIKE)
def test_where_nothing_changes_a_program_reads_an_empty_answer(command: str, repository: Path) -> None:
    code, said = varve(f"{command} HEAD --format json", repository)
    assert (code, json.loads(said)) == (0, [])


@pytest.mark.parametrize("command", ALIKE)
def test_of_a_mistake_that_leaves_nothing_to_tell_a_program_reads_nothing(command: str, repository: Path) -> None:
    code, said = varve(f"{command} nowhere --format json", repository)
    assert code == 1
    assert "world/unknown-revision" in said
    assert "[]" not in said


@pytest.mark.parametrize("command", ALIKE)
def test_what_can_be_told_is_told_beside_a_mistake(command: str, two: Path) -> None:
    (two / SERVICE).write_text("scrape: {app: {targets: ['search:9090']}}\n")
    (two / "tenants/umbra/tenant.yaml").write_text("tenant: [\n")
    code, said = varve(f"{command} HEAD --format json", two)
    answer, end = json.JSONDecoder().raw_decode(said)
    assert code == 1
    assert "acme" in json.dumps(answer)
    assert "tenants/umbra/tenant.yaml" in said[end:]


@pytest.mark.parametrize("command", ALIKE)
def test_its_options_are_those_of_work_that_compiles(command: str, repository: Path) -> None:
    code, said = varve(f"{command} --help", repository)
    assert code == 0
    assert [each for each in ("--format", "--stats", "--executor", "--jobs", "--no-cache") if each not in said] == []
