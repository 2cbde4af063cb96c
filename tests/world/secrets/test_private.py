"""A private folder is in memory if possible, and removed afterwards."""

import stat
import tempfile
from pathlib import Path

import pytest

from varve.world.secrets import private


def test_the_folder_is_private_and_removed_afterwards() -> None:
    with private.private() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "deep/down").mkdir(parents=True)
        (folder / "deep/down/secret").write_text("hunter2")
    assert not folder.exists()


def test_the_folder_is_removed_after_a_failure_too() -> None:
    seen: list[Path] = []

    def interrupted() -> None:
        with private.private() as folder:
            seen.append(folder)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not seen[0].exists()


def test_file_systems_in_memory_are_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"disk / ext4 rw 0 0\ntmpfs {tmp_path}/run tmpfs rw 0 0\n")
    monkeypatch.setattr(private, "_MOUNTS", mounts)
    monkeypatch.setattr(private, "_SHARED", str(tmp_path / "nowhere"))
    (tmp_path / "run/user").mkdir(parents=True)
    assert private.in_memory(tmp_path / "run/user")
    assert not private.in_memory(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run/user"))
    with private.private() as folder:
        assert folder.parent == tmp_path / "run/user"
    monkeypatch.setenv("XDG_RUNTIME_DIR", "run/user")
    with private.private() as folder:
        assert folder.parent == Path(tempfile.gettempdir())


def test_an_unknown_file_system_counts_as_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private, "_MOUNTS", tmp_path / "none")
    assert not private.in_memory(tmp_path)
