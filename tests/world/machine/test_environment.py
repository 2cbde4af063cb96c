import errno
import io
import os
import pty
from collections.abc import Iterator
from typing import TextIO

import pytest

from varve.world.machine.environment import host_format, refusal, terminal


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def screen() -> Iterator[TextIO]:
    """A stream to a terminal."""
    near, far = pty.openpty()
    with os.fdopen(far, "w", encoding="utf-8") as stream:
        yield stream
    os.close(near)


def test_a_terminal_is_coloured(screen: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "77")
    found = terminal(screen)
    assert (found.width, found.colour) == (77, True)


@pytest.mark.parametrize(
    ("variables", "colour"),
    [
        pytest.param({"NO_COLOR": "1"}, False, id="no colour wanted"),
        pytest.param({"NO_COLOR": ""}, True, id="an empty NO_COLOR says nothing"),
        pytest.param({"TERM": "dumb"}, False, id="a dumb terminal"),
        pytest.param({"TERM": "dumb", "FORCE_COLOR": "1"}, True, id="forced"),
        pytest.param({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, id="no is no"),
    ],
)
def test_colour(screen: TextIO, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, *, colour: bool) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert terminal(screen).colour == colour


def test_a_file_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    found = terminal(io.TextIOWrapper(io.BytesIO(), "utf-8"))
    assert (found.width, found.colour) == (100, False)


def test_missing_and_closed_streams_are_no_terminals() -> None:
    closed = io.StringIO()
    closed.close()
    assert not terminal(closed).colour
    assert not terminal(None).colour


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(OSError(errno.ENOSPC, "no room"), "No space left on device", id="a full disk behind a stream"),
        pytest.param(BrokenPipeError(errno.EPIPE, "gone"), "Broken pipe", id="a reader that is gone"),
        pytest.param(OSError(errno.ENOSPC, "no room", "build/a.yaml"), "", id="a file"),
        pytest.param(OSError(errno.EACCES, "no"), "", id="another refusal"),
        pytest.param(ValueError("x"), "", id="a mistake"),
    ],
)
def test_errors_of_streams_are_recognised(error: Exception, words: str) -> None:
    assert refusal(error) == words


def test_a_narrow_terminal_still_has_some_width(screen: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "3")
    assert terminal(screen).width == 40


@pytest.mark.parametrize(("value", "format_"), [("true", "github"), ("false", "text"), (None, "text")])
def test_the_format_of_the_host(value: str | None, format_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if value is not None:
        monkeypatch.setenv("GITHUB_ACTIONS", value)
    assert host_format() == format_
