"""Exactly the characters of the span are underlined, on any line."""

from typing import SupportsIndex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.model.diagnostic import Diagnostic, Note, Place, Rule, Span
from varve.model.situated import Situated, Spot
from varve.model.source import Keys
from varve.render.escape import cells
from varve.render.frame import Excerpt, excerpt, frame, where
from varve.render.width import width

LONG = "left " * 40 + "WRONG" + " right" * 40


@pytest.mark.parametrize(
    ("line", "span", "room", "shown"),
    [
        pytest.param("  for: 5x", Span(1, 8, 10), 80, Excerpt("  for: 5x", 7, 2), id="a line that fits is whole"),
        pytest.param("a: b", Span(1, 5, 5), 80, Excerpt("a: b", 4, 1), id="an empty span has one caret"),
        pytest.param("a: b", Span(1, 40, 50), 80, Excerpt("a: b", 4, 1), id="a span beyond the end stands at the end"),
        pytest.param("\ta: b", Span(1, 5, 6), 80, Excerpt("    a: b", 7, 1), id="a tab is four columns"),
        pytest.param("日本: x", Span(1, 5, 6), 80, Excerpt("日本: x", 6, 1), id="a wide character is two columns"),
        pytest.param("日本: x", Span(1, 1, 3), 80, Excerpt("日本: x", 0, 4), id="also below the span"),
        pytest.param(
            "a\x1b: x", Span(1, 5, 6), 80, Excerpt("a\\x1b: x", 7, 1), id="an escape is as wide as it is shown"
        ),
        pytest.param(LONG, Span(1, 201, 206), 24, Excerpt("…t left WRONG right rig…", 8, 5), id="a long line is cut"),
        pytest.param(
            LONG, Span(1, 1, 5), 24, Excerpt("left left left left le…", 0, 4), id="at the end when the span is in front"
        ),
        pytest.param(
            LONG, Span(1, 441, 446), 24, Excerpt("… right right", 8, 5), id="at the beginning when the span is behind"
        ),
        pytest.param("x" * 99, Span(1, 1, 100), 20, Excerpt("x" * 18 + "…", 0, 18), id="a long span is cut with it"),
    ],
)
def test_excerpt(line: str, span: Span, room: int, shown: Excerpt) -> None:
    assert excerpt(line, span, room) == shown


@pytest.mark.parametrize(
    ("keys", "spot", "shown"),
    [
        pytest.param(("a",), Spot("a.yaml", Span(3, 5, 9)), "a.yaml:3:5: the other", id="a veiled line has its number"),
        pytest.param(("a",), Spot("a.yaml"), "a.yaml: the other", id="a file that is not there has none"),
        pytest.param((), Spot("a.yaml", Span(1, 1, 1)), "a.yaml: the other", id="a file as a whole has none"),
        pytest.param((), None, "the other", id="no place at all"),
    ],
)
def test_a_note_without_a_line_shows_its_place(keys: Keys, spot: Spot | None, shown: str) -> None:
    diagnostic = Diagnostic(Rule("check/x", "X", "It is x."), "x", None, (Note("the other", Place("a.yaml", keys)),))
    assert list(frame(Situated(diagnostic, None, (spot,)), lambda text, _: text, 80)) == [f"  = note: {shown}"]


def test_only_the_shown_part_of_a_very_long_line_is_read() -> None:
    seen: list[str] = []

    class Watched(str):
        """A text that records which of its parts were read."""

        __slots__ = ()

        def __getitem__(self, key: SupportsIndex | slice) -> str:
            part = super().__getitem__(key)
            seen.append(part)
            return part

    shown = excerpt(Watched("\x1b" * 1_000_000), Span(1, 500_000, 500_001), 80)
    assert width(shown.text) <= 80
    assert max(map(len, seen)) < 200


@given(
    st.text(st.characters(codec=None, exclude_characters="\n"), max_size=80),
    st.integers(1, 90),
    st.integers(0, 90),
    st.integers(20, 60),
)
def test_the_underlined_columns_hold_the_spans_characters(line: str, column: int, length: int, room: int) -> None:
    shown = excerpt(line, Span(1, column, column + length), room)
    assert shown.text.isprintable()
    assert width(shown.text) <= room
    spelled = ["    " if cell == "\\t" else cell for cell in cells(line)]
    wanted = "".join(spelled[column - 1 : column - 1 + length])
    under = _columns(shown.text, shown.start, shown.length)
    assert under == wanted or (under and wanted.startswith(under)) or not width(wanted)


def _columns(text: str, start: int, length: int) -> str:
    """The characters of `text` that a terminal shows in `length` columns from `start`."""
    at, under = 0, ""
    for character in text:
        if start <= at < start + length or (width(character) == 0 and start < at <= start + length):
            under += character
        at += width(character)
    return under


@pytest.mark.parametrize(
    ("spot", "shown"),
    [
        pytest.param(Spot("a.yaml", Span(3, 4, 9), "text"), "a.yaml:3:4", id="file, line and column"),
        pytest.param(Spot("a.yaml"), "a.yaml", id="a missing file has no line"),
        pytest.param(Spot("a\x1b\n.yaml"), r"a\x1b\n.yaml", id="a path is escaped too"),
    ],
)
def test_where(spot: Spot, shown: str) -> None:
    assert where(spot) == shown
