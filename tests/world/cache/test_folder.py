"""A folder of segments on the disk: permissions, links, other files and failures."""

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.world.cache.verdicts import COMPILER
from varve.world.cache.folder import Folder
from varve.world.cache.shelf import Item, segment_name
from varve.world.disk import file

NAME = segment_name(COMPILER, 5, "00000000")
PATH = ".varve/cache"


@pytest.fixture
def own(tmp_path: Path) -> Folder:
    return Folder(tmp_path, PATH, own=True)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("umask", [0, 0o022, 0o077, 0o777])
def test_the_own_folder_is_private_and_ignored_by_git(own: Folder, tmp_path: Path, umask: int) -> None:
    (tmp_path / ".varve").mkdir()
    before = os.umask(umask)
    try:
        own.put(NAME, b"data")
    finally:
        os.umask(before)
    assert (tmp_path / PATH).stat().st_mode & 0o777 == 0o700
    assert (tmp_path / PATH / NAME).stat().st_mode & 0o777 == 0o400
    assert (tmp_path / PATH / ".gitignore").read_text() == "*\n"
    assert names(tmp_path / PATH) == [".gitignore", NAME]


def test_others_may_read_a_shared_folder(tmp_path: Path) -> None:
    Folder(tmp_path).put(NAME, b"data")
    assert (tmp_path / NAME).stat().st_mode & 0o444 == 0o444
    assert names(tmp_path) == [NAME]


def test_a_shared_folder_is_not_created(tmp_path: Path) -> None:
    for work in (Folder(tmp_path / "gone").items, lambda: Folder(tmp_path / "gone").put(NAME, b"")):
        with pytest.raises(FileNotFoundError):
            work()


def test_files_with_other_names_are_ignored(own: Folder, tmp_path: Path) -> None:
    own.put(NAME, b"data")
    (tmp_path / PATH / "notes.txt").write_text("mine")
    assert own.items() == [Item(NAME, 4)]


def linked(folder: Path) -> None:
    (folder / "elsewhere").write_bytes(b"data")
    (folder / PATH).mkdir(parents=True)
    (folder / PATH / NAME).symlink_to(folder / "elsewhere")


def piped(folder: Path) -> None:
    (folder / PATH).mkdir(parents=True)
    os.mkfifo(folder / PATH / NAME)


def nested(folder: Path) -> None:
    (folder / PATH / NAME).mkdir(parents=True)


@pytest.mark.parametrize("make", [linked, piped, nested])
def test_an_entry_that_is_no_regular_file_is_ignored(own: Folder, tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path)
    assert own.items() == []


@pytest.mark.parametrize("make", [piped, nested])
def test_a_segment_replaced_by_something_else_has_no_content(
    own: Folder, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path)
    assert own.open(Item(NAME, 4)) is None


def test_no_link_is_followed(own: Folder, tmp_path: Path) -> None:
    linked(tmp_path)
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)):
        own.open(Item(NAME, 4))
    own.put(NAME, b"other")
    assert (tmp_path / "elsewhere").read_bytes() == b"data"
    assert own.items() == [Item(NAME, 5)]


@pytest.mark.parametrize("path", [".varve", PATH])
def test_no_link_on_the_way_is_followed(own: Folder, tmp_path: Path, path: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).symlink_to(tmp_path / "elsewhere")
    for work in (own.items, lambda: own.put(NAME, b"data"), lambda: own.drop(NAME)):
        with pytest.raises(OSError, match=r"Not a directory|symbolic links"):
            work()
    assert names(tmp_path / "elsewhere") == []


def test_a_file_that_has_grown_is_not_read_whole(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"x" * 100)
    content = Folder(tmp_path).open(Item(NAME, 10))
    assert content is not None
    assert content.size == 11


@pytest.mark.parametrize("step", ["create_private", "move"])
def test_a_full_disk_leaves_nothing(own: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    own.put(NAME, b"data")

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(file, step, refuse)
    with pytest.raises(OSError, match="full"):
        own.put(segment_name(COMPILER, 6, "00000000"), b"data")
    assert names(tmp_path / PATH) == [".gitignore", NAME]


def test_abandoned_temporary_files_are_removed(own: Folder, tmp_path: Path) -> None:
    (tmp_path / PATH).mkdir(parents=True)
    old, young = (f"new-{time.time_ns() - hours * 3600 * 10**9:016x}-00000000" for hours in (2, 0))
    for name in (old, young, "newest"):
        (tmp_path / PATH / name).touch()
    own.put(NAME, b"data")
    assert names(tmp_path / PATH) == [".gitignore", NAME, young, "newest"]
