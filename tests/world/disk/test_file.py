import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from varve.world.disk import file


@pytest.fixture
def root(tmp_path: Path) -> Iterator[int]:
    """`tmp_path`, open."""
    with file.opened(tmp_path) as descriptor:
        yield descriptor


def _open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_folders_are_made_on_the_way_only_when_asked(tmp_path: Path, root: int) -> None:
    with pytest.raises(FileNotFoundError), file.inside(root, "a/b"):
        pass
    with file.inside(root, "a/b", make=True) as here:
        file.create(here, "x", b"data")
    assert (tmp_path / "a/b/x").read_bytes() == b"data"


def test_the_way_to_the_root_itself_is_empty(tmp_path: Path, root: int) -> None:
    with file.inside(root, "") as here:
        assert os.fstat(here).st_ino == tmp_path.stat().st_ino


@pytest.mark.parametrize("path", ["link", "link/a", "a/../link"])
def test_no_link_is_followed_on_the_way(tmp_path: Path, root: int, path: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to("a")
    with pytest.raises(OSError, match="Not a directory"), file.inside(root, path, make=True):
        pass


def test_descriptors_are_closed_whatever_happens(tmp_path: Path, root: int) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    before = _open_descriptors()
    with file.inside(root, "a/b") as here:
        file.create(here, "x", b"")
        file.read(here, "x", 1)
        file.read(root, "a", 1)
    for path in ("a/b/none", "a/b/x/y"):
        with pytest.raises(OSError, match=r"No such file|Not a directory"), file.inside(root, path):
            pass
    assert _open_descriptors() == before


def test_a_file_is_created_once(root: int) -> None:
    file.create(root, "x", b"first")
    with pytest.raises(FileExistsError):
        file.create(root, "x", b"second")
    assert file.read(root, "x", 99) == file.Node("100644", b"first")


def test_reading_stops_at_the_bound(root: int) -> None:
    file.create(root, "x", b"0123456789")
    assert file.read(root, "x", 4).data == b"0123"
    assert file.read(root, "x").data == file.read(root, "x", -1).data == file.read(root, "x", 99).data == b"0123456789"
    assert file.read(root, "x", 0).data == b""


@pytest.mark.parametrize("most", [-1, 200_000])
def test_a_file_that_is_written_to_meanwhile_is_read_as_far_as_it_goes(
    root: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.create(root, "x", b"x" * 300_000)
    fstat = os.fstat

    def shorter(descriptor: int) -> os.stat_result:
        return os.stat_result((*fstat(descriptor)[:6], 100, *fstat(descriptor)[7:]))

    monkeypatch.setattr(os, "fstat", shorter)
    assert len(file.read(root, "x", most).data) == (300_000 if most < 0 else most)


def test_folders_are_opened_once_where_their_paths_are_in_order(root: int, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    open_ = os.open

    def noted(path: bytes, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        opened.append(path)
        return open_(path, flags, mode, dir_fd=dir_fd)

    with closing(file.Folders(root)) as folders:
        for path in ("a/b", "a/c/d", "e"):
            file.create(folders.at(path, make=True), "x", path.encode())
        monkeypatch.setattr(os, "open", noted)
        found = [file.names(folders.at(path)) for path in ("a/b", "a/b/", "a", "a/c", "a/c/d", "e", "")]
    assert list(map(sorted, found)) == [["x"], ["x"], ["b", "c"], ["d"], ["x"], ["x"], ["a", "e"]]
    assert opened == [b"a", b"b", b"c", b"d", b"e"]


def test_a_folder_that_is_not_there_leaves_the_others_open(tmp_path: Path, root: int) -> None:
    with closing(file.Folders(root)) as folders:
        folders.at("a/b", make=True)
        with pytest.raises(FileNotFoundError):
            folders.at("a/absent/x")
        (tmp_path / "a/link").symlink_to("b")
        with pytest.raises(NotADirectoryError):
            folders.at("a/link")
        file.create(folders.at("a/b"), "x", b"x")
    with file.inside(root, "a/b") as folder:
        assert file.names(folder) == ["x"]


def test_reach_finds_the_first_missing_folder(tmp_path: Path, root: int) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/link").symlink_to("b")
    with closing(file.Folders(root)) as folders:
        reached = {path: folders.reach(path) for path in ("a/b", "a/b/c/d", "a/x", "y/z", "")}
        with pytest.raises(NotADirectoryError):
            folders.reach("a/link/x")
    assert {path: missing for path, (_, missing) in reached.items()} == {
        "a/b": "",
        "a/b/c/d": "a/b/c",
        "a/x": "a/x",
        "y/z": "y",
        "": "",
    }


def test_a_folder_is_moved_with_all_that_it_holds_and_onto_no_other(tmp_path: Path, root: int) -> None:
    for path in ("new/in", "there"):
        with file.inside(root, path, make=True) as folder:
            file.create(folder, "x", path.encode())
    with pytest.raises(OSError, match="not empty"):
        file.move(root, "new", root, "there")
    file.move(root, "new", root, "moved")
    assert (tmp_path / "moved/in/x").read_bytes() == b"new/in"
    assert (tmp_path / "there/x").read_bytes() == b"there"


def test_a_move_replaces_and_a_link_in_its_place_is_not_followed(tmp_path: Path, root: int) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "x").symlink_to("mine")
    file.create(root, "new", b"new")
    file.move(root, "new", root, "x")
    assert (tmp_path / "x").read_bytes() == b"new"
    assert (tmp_path / "mine").read_text() == "mine"


def test_removing_what_is_gone_is_no_fault(tmp_path: Path, root: int) -> None:
    file.remove(root, "gone")
    assert not file.remove_empty(root, "gone")
    (tmp_path / "a/b").mkdir(parents=True)
    assert not file.remove_empty(root, "a")
    assert file.remove_empty(root, "a/b")
    assert file.remove_empty(root, "a")


def test_a_sweep_removes_only_empty_folders(tmp_path: Path, root: int) -> None:
    for folder in ("top/a/b/c", "top/d", "top/e/f"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "top/d/x").touch()
    (tmp_path / "top/link").symlink_to(tmp_path)
    (tmp_path / "outside").mkdir()
    file.sweep(root, "top")
    file.sweep(root, "absent")
    assert {path.name for path in (tmp_path / "top").iterdir()} == {"d", "link"}
    assert (tmp_path / "outside").is_dir()


def test_folders_are_told_from_other_things(tmp_path: Path, root: int) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "x").touch()
    assert [file.is_folder(root, name) for name in ("a", "link", "x", "gone")] == [True, False, False, False]
    with pytest.raises(OSError, match="too long"):
        file.is_folder(root, "n" * 300)


def test_a_lockable_file_can_be_rewritten(tmp_path: Path, root: int) -> None:
    with file.lockable(root, "lock") as descriptor:
        file.rewrite(descriptor, b"a longer text")
        file.rewrite(descriptor, b"short")
    assert (tmp_path / "lock").read_bytes() == b"short"
    (tmp_path / "link").symlink_to("lock")
    with pytest.raises(OSError, match="symbolic links"), file.lockable(root, "link"):
        pass


def test_synchronising(root: int) -> None:
    file.synchronise(root)
    with pytest.raises(OSError, match="Bad file descriptor") as caught:
        file.synchronise(-1)
    assert caught.value.errno == errno.EBADF


def test_names_may_be_of_any_bytes_in_any_locale(tmp_path: Path, root: int) -> None:
    file.create(root, "caf\udce9", b"")
    file.create(root, "é", b"")
    assert {os.fsencode(path.name) for path in tmp_path.iterdir()} == {b"caf\xe9", "é".encode()}


def test_what_is_private_is_so_at_any_umask(tmp_path: Path, root: int) -> None:
    before = os.umask(0)
    try:
        file.make_private(root, "folder", file.Owner())
        file.make_private(root, "folder", file.Owner())
        with file.inside(root, "folder") as folder:
            file.create_private(folder, "file", b"data", file.Owner())
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "folder/file").stat().st_mode) == 0o400
    with pytest.raises(FileExistsError):
        file.create_private(root, "folder", b"", file.Owner())


def test_links_are_made_and_read_and_never_followed(tmp_path: Path, root: int) -> None:
    file.link(root, "link", "elsewhere")
    assert file.target(root, "link") == "elsewhere"
    assert file.target(root, "nothing") is None
    (tmp_path / "file").touch()
    assert file.target(root, "file") == ""


def test_everything_below_is_listed_and_removed_but_what_links_lead_to(tmp_path: Path, root: int) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").touch()
    (tmp_path / "tree/deep/empty").mkdir(parents=True)
    (tmp_path / "tree/deep/file").touch()
    (tmp_path / "tree/link").symlink_to("../kept")
    (tmp_path / "alone").touch()
    assert file.below(root, "tree") == ["deep/file"]
    assert file.below(root, "nothing") == []
    for name in ("tree", "alone", "nothing"):
        file.remove_all(root, name)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (tmp_path / "kept/file").exists()


def test_a_file_without_a_name_takes_what_several_processes_write_and_then_is_gone(tmp_path: Path, root: int) -> None:
    pieces = [bytes([65 + number]) * (10_000 + number) for number in range(20)]
    before = _open_descriptors()
    with file.unnamed(root, "x") as descriptor:
        assert list(tmp_path.iterdir()) == []
        child = os.fork()
        for piece in pieces:
            file.append(descriptor, piece)
        if child == 0:
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        start = file.append(descriptor, b"last")
        assert start == 2 * sum(map(len, pieces))
        assert file.part(descriptor, start, 4) == b"last"
        assert file.room(descriptor) > 0
        whole = file.part(descriptor, 0, start)
        assert all(whole.count(piece) == 2 for piece in pieces)
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            file.part(descriptor, start, 5)
    assert _open_descriptors() == before


def test_appending_waits_for_other_writers(root: int) -> None:
    ready, tell = os.pipe()
    with file.unnamed(root, "x") as descriptor:
        child = os.fork()
        if child == 0:
            fcntl.lockf(descriptor, fcntl.LOCK_EX)
            os.write(tell, b"!")
            time.sleep(0.2)
            os.pwrite(descriptor, b"first", 0)
            os._exit(0)
        os.read(ready, 1)
        assert file.append(descriptor, b"second") == len(b"first")
        assert os.waitpid(child, 0)[1] == 0
        assert file.part(descriptor, 0, 11) == b"firstsecond"
    os.close(ready)
    os.close(tell)
