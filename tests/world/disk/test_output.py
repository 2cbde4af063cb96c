"""A file that a command writes for its user is written completely, or the old one is kept."""

import errno
import os
import socket
from contextlib import closing
from pathlib import Path

import pytest

from varve.world.disk import file
from varve.world.disk.output import put
from varve.world.disk.refusal import Refusal


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_file_is_written_and_one_that_stands_there_is_replaced(tmp_path: Path) -> None:
    for data in (b"one", b"two"):
        put(tmp_path / "report.html", data)
        assert (tmp_path / "report.html").read_bytes() == data
    assert names(tmp_path) == ["report.html"]


def test_the_target_of_a_link_is_replaced_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to("elsewhere/report")
    put(tmp_path / "link", b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "elsewhere/report").read_bytes() == b"x"


@pytest.mark.parametrize("function", ["create", "synchronise", "move"])
def test_a_failed_write_leaves_the_old_file(function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "report").write_bytes(b"old")
    monkeypatch.setattr(file, function, refuse)
    with pytest.raises(Refusal, match="report` cannot be written: No space left on device"):
        put(tmp_path / "report", b"new")
    assert (tmp_path / "report").read_bytes() == b"old"
    assert names(tmp_path) == ["report"]


@pytest.mark.parametrize("name", ["missing/report", "folder"])
def test_an_impossible_path_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(Refusal):
        put(tmp_path / name, b"x")
    assert names(tmp_path) == ["folder"]


def test_a_pipe_gets_the_data_and_stays(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        put(tmp_path / "link", b"x")
        assert os.read(reader, 2) == b"x"
    finally:
        os.close(reader)
    assert (tmp_path / "pipe").is_fifo()
    assert names(tmp_path) == ["link", "pipe"]


def test_a_socket_refuses_the_data_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The path of a socket must be short.
    monkeypatch.chdir(tmp_path)
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind("server")
        with pytest.raises(Refusal, match="server` cannot be written: No such device or address"):
            put(Path("server"), b"x")
    assert (tmp_path / "server").is_socket()
    assert names(tmp_path) == ["server"]


def test_a_long_name_is_no_trouble(tmp_path: Path) -> None:
    put(tmp_path / ("a" * 250), b"x")
    assert names(tmp_path) == ["a" * 250]
