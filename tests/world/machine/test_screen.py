"""A status line is shown on a terminal and cleared again, and nothing is written to other streams."""

import io
import os
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path
from struct import pack
from termios import TIOCSWINSZ
from typing import TextIO

import pytest

from varve.world.machine.screen import Screen, screen


@pytest.fixture
def terminal() -> Iterator[tuple[TextIO, int]]:
    """A terminal of 30 columns, and a descriptor that reads everything written to it."""
    reader, writer = os.openpty()
    ioctl(writer, TIOCSWINSZ, pack("HHHH", 10, 30, 0, 0))
    with os.fdopen(writer, "w") as stream:
        yield stream, reader
    os.close(reader)


def test_a_line_is_shown_instead_of_another_and_goes_away(
    terminal: tuple[TextIO, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream, reader = terminal
    shown = screen(stream)
    assert shown
    assert shown.width == 29
    shown.show("one")
    shown.show("two")
    shown.clear()
    shown.clear()
    wanted, found = b"\r\x1b[Kone\r\x1b[Ktwo\r\x1b[K", b""
    while len(found) < len(wanted):
        found += os.read(reader, 1000)
    assert found == wanted


def test_what_was_never_shown_is_not_cleared() -> None:
    stream = io.StringIO()
    Screen(stream).clear()
    assert stream.getvalue() == ""


def test_where_there_is_no_terminal_there_is_no_screen(
    terminal: tuple[TextIO, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "log").open("w") as log:
        assert screen(log) is None
    assert screen(log) is None
    assert screen(None) is None
    monkeypatch.setenv("TERM", "dumb")
    assert screen(terminal[0]) is None


def test_a_terminal_that_hung_up_is_left_alone() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(text)

    shown = Screen(Gone())
    assert shown.width == 79
    shown.show("one")
    shown.show("two")
    shown.clear()
    assert not shown.live
