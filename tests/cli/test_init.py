"""`varve init` creates a repository that builds."""

from pathlib import Path

import pytest

from tests.workbench import deterministic, files, shell, varve


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    deterministic(monkeypatch)
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def test_a_new_repository_builds_and_a_second_build_changes_nothing(empty: Path) -> None:
    code, output = varve("init", empty)
    assert code == 0
    assert output.endswith("created a git repository, because there was none\nnext: varve build\n")
    written = [line.removeprefix("wrote ") for line in output.splitlines() if line.startswith("wrote ")]
    assert written == sorted(path for path in files(empty) if not path.startswith(".git/"))
    assert varve("build", empty)[0] == 0
    assert varve("check", empty)[0] == 0
    assert shell("git add -A && git commit -qm Begin", empty)[0] == 0
    assert varve("check --rev HEAD", empty)[0] == 0


def test_a_folder_is_created_and_the_next_command_is_printed(empty: Path) -> None:
    code, output = varve("init 'a b/monitoring'", empty)
    assert code == 0
    assert "wrote a b/monitoring/varve.yaml\n" in output
    assert output.endswith("next: cd 'a b/monitoring' && varve build\n")
    assert varve("build", empty / "a b/monitoring")[0] == 0


def test_no_git_repository_is_created_inside_another(empty: Path) -> None:
    assert shell("git init -q --template=", empty)[0] == 0
    code, output = varve("init monitoring", empty)
    assert code == 0
    assert "created a git repository" not in output
    assert not (empty / "monitoring/.git").exists()


def test_nothing_is_overwritten(repository: Path) -> None:
    before = files(repository)
    code, output = varve("init", repository)
    assert (code, output.split(":")[0]) == (1, "error[world/not-empty]")
    assert files(repository) == before


def test_a_file_is_not_accepted_as_a_folder(empty: Path) -> None:
    (empty / "notes").touch()
    code, output = varve("init notes", empty)
    assert code == 1
    assert "'notes' is a file" in output
