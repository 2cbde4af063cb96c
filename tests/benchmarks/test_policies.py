import json
from pathlib import Path

import pytest

from benchmarks import policies
from benchmarks.repository import LEAN, make


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("repository")
    make(made, 1, LEAN)
    return made


def test_each_compile_is_a_process_of_its_own_and_the_least_counts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = iter([[3, ["a"], 2.0], [3, ["a"], 1.0], [3, ["a"], 4.0]])
    commands: list[tuple[str, ...]] = []

    def run(command: tuple[str, ...]) -> str:
        commands.append(command)
        return json.dumps(next(figures))

    monkeypatch.setattr("subprocess.check_output", run)
    assert policies.compiled(folder).spent == 1.0
    assert len(commands) == policies.TIMES


def test_what_is_chosen_is_asked_of_everybody_and_breaks_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "TIMES", 1)
    found = policies.choosing(folder, ["required-labels", "owned-service"])
    assert found.units == 3
    assert "policy/required-labels" in found.codes
    assert "policy/owned-service" not in found.codes
    assert found.spent > 0


def test_a_repository_that_gives_nothing_has_no_figures(tmp_path: Path) -> None:
    make(tmp_path, 1, LEAN)
    (tmp_path / "tenants/tenant-0000/tenant.yaml").write_text("tenant: nothing\n", "utf-8")
    with pytest.raises(ValueError, match="gives no artifacts"):
        policies.alone(str(tmp_path))
