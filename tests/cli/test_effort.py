"""The options that say how work is done do not change its result."""

from pathlib import Path

import pytest

from tests.workbench import varve

SERVICE = "tenants/acme/services/search.yaml"


@pytest.mark.parametrize("options", ["", "--no-cache", "--jobs 1", "--jobs 2 --no-cache", "--since HEAD"])
def test_the_options_do_not_change_the_output(repository: Path, options: str) -> None:
    (repository / SERVICE).write_text("scrape: {app: {targets: ['search:9090']}}\n")
    result = varve(f"build {options}", repository)
    assert result[0] == 0
    assert result[1].startswith("built 2 units: ")
    assert varve("check --no-cache", repository)[0] == 0
    assert varve(f"check {options}", repository)[0] == 0


def test_there_must_be_at_least_one_process(repository: Path) -> None:
    code, output = varve("build --jobs 0", repository)
    assert (code, "--jobs" in output) == (1, True)
