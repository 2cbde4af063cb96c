"""What exists at a path is told apart, and a path that no file system accepts has nothing."""

import os
from pathlib import Path

import pytest

from varve.world.disk.existing import is_link, is_stream, nearest

UNUSABLE = ("a" * 300, "/".join(["a" * 200] * 30))


@pytest.fixture
def things(tmp_path: Path) -> Path:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "to-pipe").symlink_to("pipe")
    (tmp_path / "to-folder").symlink_to("folder")
    (tmp_path / "to-nothing").symlink_to("nothing")
    return tmp_path


def test_links_are_told_apart(things: Path) -> None:
    found = {each.name for each in things.iterdir() if is_link(each)}
    assert found == {"to-pipe", "to-folder", "to-nothing"}


def test_streams_are_told_apart(things: Path) -> None:
    assert {each.name for each in things.iterdir() if is_stream(each)} == {"pipe", "to-pipe"}
    assert is_stream(Path(os.devnull))


def test_the_nearest_folder_is_the_path_itself_or_above_it(things: Path) -> None:
    assert nearest(things / "folder") == things / "folder"
    assert nearest(things / "to-folder/new") == things / "to-folder"
    for name in ("file", "file/below", "nothing", "nothing/below", "to-nothing"):
        assert nearest(things / name) == things


@pytest.mark.parametrize("name", ["missing", *UNUSABLE], ids=["missing", "long name", "long path"])
def test_nothing_is_at_a_path_that_cannot_exist(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert (is_link(path), is_stream(path), nearest(path)) == (False, False, tmp_path)
