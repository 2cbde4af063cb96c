"""A file beside the secret is given back as it was kept, and only where that secret has sealed it as what it is."""

from pathlib import Path

import pytest

from varve.world.cache import seal, sealed
from varve.world.cache.seal import Own
from varve.world.disk import file

MOST = 1 << 10


@pytest.fixture
def git(tmp_path: Path) -> Path:
    (tmp_path / "git").mkdir()
    sealed.keep(tmp_path / "git", "name", b"what", b"body", MOST)
    return tmp_path / "git"


def recalled(git: Path, stated: bytes = b"what") -> bytes | None:
    return sealed.recall(git, "name", stated, MOST)


def test_what_is_kept_is_private_and_given_back(git: Path) -> None:
    assert recalled(git) == b"body"
    assert sorted(path.name for path in (git / "varve").iterdir()) == ["cache-key", "name"]
    assert (git / "varve/name").stat().st_mode & 0o777 == 0o400


def test_it_is_given_back_as_what_it_is_alone(git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert recalled(git, b"something else") is None
    (git / "varve/name").rename(git / "varve/other")
    assert recalled(git) is None
    (git / "varve/name").write_bytes(bytes(32) + b"forged")
    assert recalled(git) is None
    monkeypatch.setattr(Own, "holds", lambda *_: True)
    assert recalled(git) == b"forged"


def test_without_its_secret_it_is_nothing(git: Path) -> None:
    (git / "varve/cache-key").unlink()
    assert recalled(git) is None
    assert not (git / "varve/cache-key").exists()
    assert seal.own(git)
    assert recalled(git) is None


@pytest.mark.parametrize("length", [0, 1, 31, 32, 35])
def test_what_was_cut_is_nothing(length: int, git: Path) -> None:
    data = (git / "varve/name").read_bytes()[:length]
    (git / "varve/name").unlink()
    (git / "varve/name").write_bytes(data)
    assert recalled(git) is None


def test_no_more_is_kept_than_is_read(git: Path) -> None:
    sealed.keep(git, "name", b"what", bytes(MOST), MOST)
    assert recalled(git) == b"body"


def test_where_the_disk_refuses_what_was_there_stays(git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file, "create_private", full)
    sealed.keep(git, "name", b"what", b"new", MOST)
    assert recalled(git) == b"body"


@pytest.mark.parametrize("change", ["_write", "move"])
def test_of_what_the_disk_refuses_nothing_is_left(change: str, git: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file, change, full)
    sealed.keep(git, "name", b"what", b"new", MOST)
    assert sorted(path.name for path in (git / "varve").iterdir()) == ["cache-key", "name"]
