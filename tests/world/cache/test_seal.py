"""The secret of the repository's own cache is created once, and only its owner can read it."""

from pathlib import Path

import pytest

from varve.world.cache import seal
from varve.world.cache.seal import OwnSeal
from varve.world.disk import file
from varve.world.disk.file import Owner

KEY = "varve/cache-key"


def test_the_secret_seals_and_verifies() -> None:
    one, other = OwnSeal(b"a" * 32), OwnSeal(b"b" * 32)
    given = one.sign(b"statement")
    assert given is not None
    assert one.holds(b"statement", given)
    assert not one.holds(b"other statement", given)
    assert not one.holds(b"statement", given[:-1])
    assert not one.holds(b"statement", b"")
    assert not other.holds(b"statement", given)


def test_the_secret_is_created_once_and_is_private(tmp_path: Path) -> None:
    first = seal.find_or_create(tmp_path)
    assert first is not None
    assert len(first.key) == 32
    assert seal.find_or_create(tmp_path) == first
    assert (tmp_path / KEY).stat().st_mode & 0o777 == 0o400
    assert (tmp_path / "varve").stat().st_mode & 0o777 == 0o700
    (tmp_path / "other").mkdir()
    assert seal.find_or_create(tmp_path / "other") != first


@pytest.mark.parametrize("data", [b"", b"short", b"x" * 33])
def test_a_secret_of_the_wrong_length_is_replaced(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "varve").mkdir()
    (tmp_path / KEY).write_bytes(data)
    (tmp_path / KEY).chmod(0o400)
    found = seal.find_or_create(tmp_path)
    assert found is not None
    assert seal.find_or_create(tmp_path) == found


def test_a_secret_that_others_could_read_is_replaced(tmp_path: Path) -> None:
    found = seal.find_or_create(tmp_path)
    (tmp_path / KEY).chmod(0o440)
    assert seal.find_or_create(tmp_path) != found


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "known").write_bytes(b"k" * 32)
    (tmp_path / "known").chmod(0o400)
    (tmp_path / "varve").mkdir()
    (tmp_path / KEY).symlink_to(tmp_path / "known")
    assert seal.find_or_create(tmp_path) is None


def test_there_is_no_secret_if_it_cannot_be_written(tmp_path: Path) -> None:
    assert seal.find_or_create(tmp_path / "gone") is None
    (tmp_path / "varve").write_text("a file")
    assert seal.find_or_create(tmp_path) is None


def test_two_processes_that_create_a_secret_at_once_agree_on_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = file.create_private

    def late(folder: int, name: str, data: bytes, owner: Owner) -> None:
        create(folder, name, b"theirs" + bytes(26), owner)
        create(folder, name, data, owner)

    monkeypatch.setattr(file, "create_private", late)
    assert seal.find_or_create(tmp_path) == OwnSeal(b"theirs" + bytes(26))
    assert [path.name for path in (tmp_path / "varve").iterdir()] == ["cache-key"]
