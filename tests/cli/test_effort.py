"""The options that tell how work is done change nothing of what comes of it."""

from pathlib import Path

import pytest

from tests.workbench import varve

SERVICE = "tenants/acme/services/search.yaml"


@pytest.mark.parametrize("options", ["", "--no-cache", "--jobs 1", "--jobs 2 --no-cache", "--since HEAD"])
def test_whatever_the_options_the_same_is_said_and_written(repository: Path, options: str) -> None:
    (repository / SERVICE).write_text("scrape: {app: {targets: ['search:9090']}}\n")
    said = varve(f"build {options}", repository)
    assert said[0] == 0
    assert said[1].startswith("built 2 units: ")
    assert varve("check --no-cache", repository)[0] == 0
    assert varve(f"check {options}", repository)[0] == 0


def test_so_many_processes_are_at_least_one(repository: Path) -> None:
    code, said = varve("build --jobs 0", repository)
    assert (code, "--jobs" in said) == (1, True)
