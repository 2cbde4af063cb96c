"""How folders stand is another as soon as a name comes or goes, and is known only where that is sure."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from varve.world.disk import file
from varve.world.snapshot import folders
from varve.world.snapshot.folders import NOTHING, UNKNOWN, Folders


@pytest.fixture
def root(tmp_path: Path) -> Iterator[int]:
    for name in ("tenants/acme/services", "tenants/empty", "build/dev"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("varve.yaml", "tenants/acme/.gitignore", "tenants/acme/tenant.yaml"):
        (tmp_path / name).write_text("a\n")
    with file.opened(tmp_path) as folder:
        yield folder


def found(root: int, before: Folders = NOTHING) -> Folders:
    after = folders.renewed(root, before, folders.standing(root, before.paths))
    assert after is not None
    return after


def changed(root: int, before: Folders) -> list[bytes]:
    return sorted(before.changed(folders.standing(root, before.paths)))


def below(paths: list[bytes]) -> list[bytes]:
    return sorted(path for path in paths if path not in NOTHING.paths)


def test_all_folders_are_found_and_what_speaks_to_git(root: int) -> None:
    names = [b"build/dev", b"tenants/acme", b"tenants/acme/.gitignore", b"tenants/acme/services", b"tenants/empty"]
    assert below(found(root).paths) == names
    assert changed(root, found(root)) == []


def test_a_folder_changes_when_a_name_comes_or_goes_and_no_other_does(root: int, tmp_path: Path) -> None:
    before = found(root)
    (tmp_path / "tenants/empty/new.yaml").write_text("new\n")
    (tmp_path / "tenants/acme/tenant.yaml").unlink()
    (tmp_path / "varve.yaml").write_text("b\n")
    (tmp_path / "templates").mkdir()
    assert changed(root, before) == [b"templates", b"tenants/acme", b"tenants/empty", b"varve.yaml"]


def test_only_what_changed_is_looked_into(root: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = found(root)
    (tmp_path / "tenants/empty/deep/er").mkdir(parents=True)
    (tmp_path / "build/dev").rmdir()
    looked: list[bytes] = []
    inside = folders._inside  # noqa: SLF001 - to see for what it is asked

    def looking(root: int, folder: bytes) -> object:
        looked.append(folder)
        return inside(root, folder)

    monkeypatch.setattr(folders, "_inside", looking)
    after = found(root, before)
    assert sorted(looked) == [b"build", b"tenants/empty", b"tenants/empty/deep", b"tenants/empty/deep/er"]
    assert dict(zip(*after, strict=True)) == dict(zip(*found(root), strict=True))


def test_a_folder_that_is_gone_from_one_that_stands_as_it_did_is_not_forgotten(root: int) -> None:
    """Another one stood in the place of a folder while we looked; when the folder is back, all stands as it did."""
    before = found(root)
    now = [(0, 0, 0, 0) if path == b"tenants/acme/services" else each for path, each in zip(*before, strict=True)]
    assert folders.renewed(root, before, now) is None


def test_a_link_is_not_followed(root: int, tmp_path: Path) -> None:
    (tmp_path / "tenants/link").symlink_to("acme")
    (tmp_path / "policies").symlink_to("tenants")
    assert below(found(root).paths) == below(found(root, NOTHING).paths)
    assert not [path for path in found(root).paths if path.startswith((b"tenants/link", b"policies/"))]


@pytest.mark.parametrize("name", ["tenants/acme/.git", "tenants/acme/services/.gitattributes"])
def test_nobody_is_sure_of_another_repository_or_of_what_speaks_and_is_no_file(
    name: str, root: int, tmp_path: Path
) -> None:
    folder, known = Path(name).parent.as_posix().encode(), found(root).paths
    assert not folders.speaks(root, folder, known)
    (tmp_path / name).mkdir()
    assert folders.renewed(root, NOTHING, folders.standing(root, NOTHING.paths)) is None
    assert folders.speaks(root, folder, known)


def test_what_speaks_is_told_from_what_is_known(root: int) -> None:
    assert folders.speaks(root, b"tenants/acme", [])
    assert not folders.speaks(root, b"tenants/acme", [b"tenants/acme/.gitignore"])
    assert folders.speaks(root, b"tenants/acme/.gitignore", [b"tenants/acme/.gitignore"])


def test_what_may_have_changed_since_a_moment_is_not_known(root: int, tmp_path: Path) -> None:
    before = found(root)
    times = (tmp_path / "tenants").stat().st_ctime_ns
    assert UNKNOWN in before.settled(times).stands
    later = before.settled(times + 10**10)
    assert UNKNOWN not in later.stands
    assert later == before


def test_on_a_file_system_that_others_write_to_nothing_is_sure(
    root: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = os.fstat(root).st_dev
    mounts = tmp_path / "mounts"
    monkeypatch.setattr(folders, "_MOUNTS", mounts)
    for kind, sure in (("ext4", True), ("nfs4", False)):
        mounts.write_text(f"22 27 {os.major(device)}:{os.minor(device)} / / rw - {kind} /dev/vda rw\n")
        assert (folders.renewed(root, NOTHING, folders.standing(root, NOTHING.paths)) is not None) == sure
