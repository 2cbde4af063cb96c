"""The secret of the repository's own cache is made once, read by its owner alone, and found by no commit."""

from pathlib import Path

import pytest

from varve.world.cache import seal
from varve.world.cache.seal import Own
from varve.world.disk import file
from varve.world.disk.file import Owner

KEY = "varve/cache-key"


def test_who_has_the_secret_seals_and_verifies() -> None:
    one, other = Own(b"a" * 32), Own(b"b" * 32)
    given = one.sign(b"statement")
    assert given is not None
    assert one.holds(b"statement", given)
    assert not one.holds(b"other statement", given)
    assert not one.holds(b"statement", given[:-1])
    assert not one.holds(b"statement", b"")
    assert not other.holds(b"statement", given)


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = seal.own(tmp_path)
    assert first is not None
    assert len(first.key) == 32
    assert seal.own(tmp_path) == first
    assert (tmp_path / KEY).stat().st_mode & 0o777 == 0o400
    assert (tmp_path / "varve").stat().st_mode & 0o777 == 0o700
    (tmp_path / "other").mkdir()
    assert seal.own(tmp_path / "other") != first


@pytest.mark.parametrize("data", [b"", b"short", b"x" * 33])
def test_a_secret_that_is_cut_is_made_anew(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "varve").mkdir()
    (tmp_path / KEY).write_bytes(data)
    (tmp_path / KEY).chmod(0o400)
    found = seal.own(tmp_path)
    assert found is not None
    assert seal.own(tmp_path) == found


def test_a_secret_that_others_could_read_is_made_anew(tmp_path: Path) -> None:
    found = seal.own(tmp_path)
    (tmp_path / KEY).chmod(0o440)
    assert seal.own(tmp_path) != found


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "known").write_bytes(b"k" * 32)
    (tmp_path / "known").chmod(0o400)
    (tmp_path / "varve").mkdir()
    (tmp_path / KEY).symlink_to(tmp_path / "known")
    assert seal.own(tmp_path) is None


def test_where_nothing_can_be_written_there_is_none(tmp_path: Path) -> None:
    assert seal.own(tmp_path / "gone") is None
    (tmp_path / "varve").write_text("a file")
    assert seal.own(tmp_path) is None


def test_of_two_who_make_one_at_a_time_both_find_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create = file.create_private

    def late(folder: int, name: str, data: bytes, owner: Owner) -> None:
        create(folder, name, b"theirs" + bytes(26), owner)
        create(folder, name, data, owner)

    monkeypatch.setattr(file, "create_private", late)
    assert seal.own(tmp_path) == Own(b"theirs" + bytes(26))
    assert [path.name for path in (tmp_path / "varve").iterdir()] == ["cache-key"]
