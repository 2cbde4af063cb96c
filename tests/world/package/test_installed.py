"""An installation has a folder for cached data, if it is ours."""

import os
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Final

import pytest

import varve
from varve.world.package import installed


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the bytecode of an installed varve."""
    folder = tmp_path / "varve/__pycache__"
    folder.mkdir(parents=True)
    spec = ModuleSpec("varve", None)
    spec.cached = str(folder / "__init__.pyc")
    monkeypatch.setattr(varve, "__spec__", spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return folder


def test_the_folder_is_that_of_varves_bytecode(made: Path) -> None:
    assert installed.folder() == made
    (made / "varve").mkdir()
    assert installed.folder() == made


def _silent(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


def _unknown(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(varve.__spec__, "cached", None)


def _gone(made: Path, _: pytest.MonkeyPatch) -> None:
    made.rmdir()


def _read_only(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_given, **_named: False)


def _of_another(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (made / "varve").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)


NOWHERE: Final[dict[str, Callable[[Path, pytest.MonkeyPatch], object]]] = {
    "Python keeps no compiled modules": _silent,
    "Python does not know where": _unknown,
    "there is no such folder": _gone,
    "it can only be read": _read_only,
    "the folder belongs to somebody else": _of_another,
}


@pytest.mark.parametrize("way", NOWHERE.values(), ids=NOWHERE)
def test_there_is_no_folder(
    way: Callable[[Path, pytest.MonkeyPatch], object], made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way(made, monkeypatch)
    assert installed.folder() is None
