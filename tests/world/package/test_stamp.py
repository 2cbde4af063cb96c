"""The stamp of the compiler changes whenever one of its files may have changed."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import pytest

import varve
from varve.world.package.stamp import Stamp, stamp

Change: TypeAlias = Callable[[Path], object]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small checkout of varve, with an installed package beside it."""
    texts = {
        "compiler/varve/__init__.py": "x = 1\n",
        "compiler/varve/check/kind.py": "",
        "templates/pack.yaml": "a: 1\n",
        "site/plain-1.0.dist-info/METADATA": "Version: 1.0\n",
        "site/plain/__init__.py": "",
        "site/old.egg-info": "Version: 1.0\n",
        "site.zip": "",
    }
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.setattr(varve, "__file__", str(tmp_path / "compiler/varve/__init__.py"))
    monkeypatch.setattr(sys, "path", [str(tmp_path / name) for name in ("absent", "site", "site.zip")])
    return tmp_path


def _rewrite(path: str) -> Change:
    """Change a file, but keep its size and restore its mtime."""

    def rewrite(home: Path) -> None:
        before = (home / path).stat()
        (home / path).write_bytes(b"y" * before.st_size)
        os.utime(home / path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return rewrite


def _replace(path: str) -> Change:
    """Replace a file by another one with the same size and times."""

    def replace(home: Path) -> None:
        before = (home / path).stat()
        (home / "new").write_bytes((home / path).read_bytes())
        os.utime(home / "new", ns=(before.st_atime_ns, before.st_mtime_ns))
        (home / "new").replace(home / path)

    return replace


def _policies(home: Path) -> None:
    (home / "policies").mkdir()
    (home / "policies/x.yaml").touch()


NOTICED: Final[dict[str, Change]] = {
    "a module is edited": _rewrite("compiler/varve/__init__.py"),
    "a module is replaced by one that looks the same": _replace("compiler/varve/__init__.py"),
    "a module is added": lambda home: (home / "compiler/varve/check/new.py").touch(),
    "a module has another name": lambda home: (home / "compiler/varve/check/kind.py").rename(
        home / "compiler/varve/k.py"
    ),
    "a template is edited": _rewrite("templates/pack.yaml"),
    "policies are added": _policies,
    "a library is installed": lambda home: (home / "site/new-1.0.dist-info").mkdir(),
    "a library has another version": lambda home: (home / "site/plain-1.0.dist-info").rename(
        home / "site/plain-1.1.dist-info"
    ),
    "what a library says of itself is edited": _rewrite("site/plain-1.0.dist-info/METADATA"),
    "what an old library says of itself is edited": _rewrite("site/old.egg-info"),
    "an archive is replaced": _replace("site.zip"),
    "a folder that was not there is": lambda home: (home / "absent/x-1.dist-info").mkdir(parents=True),
    "folders stand in another order": lambda _: sys.path.reverse(),
}


@pytest.mark.parametrize("change", NOTICED.values(), ids=NOTICED)
def test_whatever_may_change_the_compiler_changes_its_stamp(home: Path, change: Change) -> None:
    before = stamp()
    change(home)
    assert stamp().digest != before.digest


HARMLESS: Final[dict[str, Change]] = {
    "nothing": lambda _: None,
    "compiled code": lambda home: (home / "compiler/varve/__pycache__").mkdir(),
    "a module of another library": _rewrite("site/plain/__init__.py"),
    "what lies beside": lambda home: (home / "notes.md").touch(),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_other_files_do_not_change_the_stamp(home: Path, change: Change) -> None:
    before = stamp()
    change(home)
    assert stamp() == before


def test_a_stamp_is_settled_when_its_last_change_is_long_ago(home: Path) -> None:
    changed = (home / "site.zip").stat().st_ctime_ns
    assert stamp().changed >= changed
    assert not Stamp("", 5_000_000_000).is_settled(7_000_000_000)
    assert Stamp("", 5_000_000_000).is_settled(7_000_000_001)
    assert not Stamp("", 9_000_000_000).is_settled(7_000_000_000)
