"""A sealed file is recalled as it was kept, and only with the same secret and in the same context."""

from pathlib import Path

import pytest

from varve.world.cache import seal, sealed
from varve.world.cache.seal import OwnSeal
from varve.world.disk import file

MOST = 1 << 10


@pytest.fixture
def git(tmp_path: Path) -> Path:
    (tmp_path / "git").mkdir()
    sealed.keep(tmp_path / "git", "name", b"what", b"body", MOST)
    return tmp_path / "git"


def recalled(git: Path, stated: bytes = b"what") -> bytes | None:
    return sealed.recall(git, "name", stated, MOST)


def test_a_kept_file_is_private_and_recalled(git: Path) -> None:
    assert recalled(git) == b"body"
    assert sorted(path.name for path in (git / "varve").iterdir()) == ["cache-key", "name"]
    assert (git / "varve/name").stat().st_mode & 0o777 == 0o400


def test_a_file_is_recalled_only_in_its_context(git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert recalled(git, b"something else") is None
    (git / "varve/name").rename(git / "varve/other")
    assert recalled(git) is None
    (git / "varve/name").write_bytes(bytes(32) + b"forged")
    assert recalled(git) is None
    monkeypatch.setattr(OwnSeal, "holds", lambda *_: True)
    assert recalled(git) == b"forged"


def test_a_file_is_not_recalled_without_the_secret(git: Path) -> None:
    (git / "varve/cache-key").unlink()
    assert recalled(git) is None
    assert not (git / "varve/cache-key").exists()
    assert seal.find_or_create(git)
    assert recalled(git) is None


@pytest.mark.parametrize("length", [0, 1, 31, 32, 35])
def test_a_truncated_file_is_not_recalled(length: int, git: Path) -> None:
    data = (git / "varve/name").read_bytes()[:length]
    (git / "varve/name").unlink()
    (git / "varve/name").write_bytes(data)
    assert recalled(git) is None


def test_a_file_beyond_the_limit_is_not_kept(git: Path) -> None:
    sealed.keep(git, "name", b"what", bytes(MOST), MOST)
    assert recalled(git) == b"body"


def test_a_failed_write_keeps_the_old_file(git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file, "create_private", full)
    sealed.keep(git, "name", b"what", b"new", MOST)
    assert recalled(git) == b"body"


@pytest.mark.parametrize("change", ["_write", "move"])
def test_a_failed_write_leaves_no_temporary_file(change: str, git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file, change, full)
    sealed.keep(git, "name", b"what", b"new", MOST)
    assert sorted(path.name for path in (git / "varve").iterdir()) == ["cache-key", "name"]
