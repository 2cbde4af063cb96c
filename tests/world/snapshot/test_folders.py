"""The states of folders change whenever a name is added or removed, and are known only if that is certain."""

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
    after = folders.updated(root, before, folders.current_states(root, before.paths))
    assert after is not None
    return after


def changed(root: int, before: Folders) -> list[bytes]:
    return sorted(before.changed(folders.current_states(root, before.paths)))


def below(paths: list[bytes]) -> list[bytes]:
    return sorted(path for path in paths if path not in NOTHING.paths)


def test_all_folders_and_gits_own_files_are_found(root: int) -> None:
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


def test_only_changed_folders_are_listed(root: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_folder_missing_from_an_unchanged_one_makes_the_result_uncertain(root: int) -> None:
    """Another folder replaced one during the look; when the folder is moved back, all states are as before."""
    before = found(root)
    now = [(0, 0, 0, 0) if path == b"tenants/acme/services" else each for path, each in zip(*before, strict=True)]
    assert folders.updated(root, before, now) is None


def test_a_link_is_not_followed(root: int, tmp_path: Path) -> None:
    (tmp_path / "tenants/link").symlink_to("acme")
    (tmp_path / "policies").symlink_to("tenants")
    assert below(found(root).paths) == below(found(root, NOTHING).paths)
    assert not [path for path in found(root).paths if path.startswith((b"tenants/link", b"policies/"))]


@pytest.mark.parametrize("name", ["tenants/acme/.git", "tenants/acme/services/.gitattributes"])
def test_another_repository_or_an_irregular_git_file_makes_the_result_uncertain(
    name: str, root: int, tmp_path: Path
) -> None:
    folder, known = Path(name).parent.as_posix().encode(), found(root).paths
    assert not folders.configures_git(root, folder, known)
    (tmp_path / name).mkdir()
    assert folders.updated(root, NOTHING, folders.current_states(root, NOTHING.paths)) is None
    assert folders.configures_git(root, folder, known)


def test_new_git_files_are_distinguished_from_known_ones(root: int) -> None:
    assert folders.configures_git(root, b"tenants/acme", [])
    assert not folders.configures_git(root, b"tenants/acme", [b"tenants/acme/.gitignore"])
    assert folders.configures_git(root, b"tenants/acme/.gitignore", [b"tenants/acme/.gitignore"])


def test_states_that_may_have_changed_since_a_moment_are_unknown(root: int, tmp_path: Path) -> None:
    before = found(root)
    times = (tmp_path / "tenants").stat().st_ctime_ns
    assert UNKNOWN in before.settled(times).states
    later = before.settled(times + 10**10)
    assert UNKNOWN not in later.states
    assert later == before


def test_a_shared_file_system_makes_the_result_uncertain(
    root: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = os.fstat(root).st_dev
    mounts = tmp_path / "mounts"
    monkeypatch.setattr(folders, "_MOUNTS", mounts)
    for kind, sure in (("ext4", True), ("nfs4", False)):
        mounts.write_text(f"22 27 {os.major(device)}:{os.minor(device)} / / rw - {kind} /dev/vda rw\n")
        assert (folders.updated(root, NOTHING, folders.current_states(root, NOTHING.paths)) is not None) == sure
