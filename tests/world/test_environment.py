import io
import os
import pty
from collections.abc import Iterator
from typing import TextIO

import pytest

from varve.world.environment import host_format, terminal


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def screen() -> Iterator[TextIO]:
    """A stream to a terminal."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        yield stream
    os.close(ours)


def test_a_terminal_is_live_and_coloured(screen: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "77")
    found = terminal(screen)
    assert (found.width, found.live, found.colour, found.unicode) == (77, True, True, True)


@pytest.mark.parametrize(
    ("variables", "live", "colour"),
    [
        pytest.param({"NO_COLOR": "1"}, True, False, id="no colour wanted"),
        pytest.param({"NO_COLOR": ""}, True, True, id="an empty NO_COLOR says nothing"),
        pytest.param({"TERM": "dumb"}, False, False, id="a dumb terminal"),
        pytest.param({"TERM": "dumb", "FORCE_COLOR": "1"}, False, True, id="forced"),
        pytest.param({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False, id="no is no"),
    ],
)
def test_colour(
    screen: TextIO, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, *, live: bool, colour: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (terminal(screen).live, terminal(screen).colour) == (live, colour)


@pytest.mark.parametrize(
    ("encoding", "unicode"), [("utf-8", True), ("UTF_8", True), ("latin-1", False), ("ascii", False)]
)
def test_a_file_is_no_terminal(encoding: str, *, unicode: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    found = terminal(io.TextIOWrapper(io.BytesIO(), encoding))
    assert (found.width, found.live, found.colour, found.unicode) == (100, False, False, unicode)


def test_streams_that_are_hardly_there() -> None:
    closed = io.StringIO()
    assert not terminal(closed).unicode
    closed.close()
    assert not terminal(closed).live


def test_a_narrow_terminal_still_has_some_width(screen: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "3")
    assert terminal(screen).width == 40


@pytest.mark.parametrize(("value", "format_"), [("true", "github"), ("false", "text"), (None, "text")])
def test_the_format_of_the_host(value: str | None, format_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if value is not None:
        monkeypatch.setenv("GITHUB_ACTIONS", value)
    assert host_format() == format_
