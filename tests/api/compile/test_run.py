"""Where a compile finds the code of templates that an earlier one has compiled."""

import shutil
from pathlib import Path

import pytest

from tests.workbench import MAKERS
from varve import open as opened
from varve.pipeline import opening
from varve.world.package import installed


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which an installation of varve may keep code."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.setattr(installed, "folder", lambda: folder)
    monkeypatch.setattr(opening, "make_kit", MAKERS["make_kit"])
    return folder


def _kept(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("varve/*")}


def _check(repository: Path) -> None:
    """Compile everything, as in a fresh clone."""
    shutil.rmtree(repository / ".varve/cache")
    shutil.rmtree(repository / ".git/varve")
    assert opened(repository).check().sound


def test_the_code_of_shipped_templates_is_shared_by_all_clones(made: Path, repository: Path) -> None:
    _check(repository)
    assert _kept(made) >= {"cache-key", "templates"}
    assert "templates" not in _kept(repository / ".git")


def test_with_a_repositorys_own_templates_all_code_stays_in_the_clone(made: Path, repository: Path) -> None:
    (repository / "templates").mkdir()
    (repository / "templates/own.yaml.j2").write_text("a: 1\n")
    _check(repository)
    assert "templates" not in _kept(made)
    assert "templates" in _kept(repository / ".git")
