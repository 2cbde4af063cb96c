"""Positions become lines and columns, and keys lead to the nearest mark."""

from bisect import bisect_right

from hypothesis import given
from hypothesis import strategies as st

from varve.model.diagnostic import Span
from varve.read.mark import START, Lines, Mark, find

TEXT = "ab\r\né\n\nlast"


def test_a_position_has_a_line_and_a_column() -> None:
    lines = Lines(TEXT)
    assert lines.span(0, 2) == Span(1, 1, 3)
    assert lines.span(4, 5) == Span(2, 1, 2)
    assert lines.span(7, 11) == Span(4, 1, 5)


def test_a_span_ends_with_its_first_line_before_the_line_end() -> None:
    assert Lines(TEXT).span(1, 9) == Span(1, 2, 3)


def test_a_position_beyond_the_text_is_the_end_of_its_last_line() -> None:
    assert Lines("ab\n\n").span(4, 9) == Span(1, 3, 3)
    assert Lines("").span(0, 1) == Span(1, 1, 1)


@given(st.text("a\n", max_size=12), st.integers(0, 12))
def test_line_and_column_lead_back_to_the_position(text: str, position: int) -> None:
    lines = Lines(text)
    position = min(position, len(text))
    begin = [0, *(index + 1 for index, each in enumerate(text) if each == "\n")]
    line = bisect_right(begin, position)
    assert lines.index(line, position - begin[line - 1] + 1) == position
    if position < len(text):
        span = lines.span(position, position)
        assert lines.index(span.line, span.column) == position


def test_keys_lead_to_a_value_a_key_or_the_key_of_the_nearest_ancestor() -> None:
    leaf = Mark(Span(2, 3, 4), Span(2, 6, 9))
    root = Mark(START, START, {"a": Mark(Span(1, 1, 2), Span(1, 4, 9), {0: leaf})})
    assert find(root, ("a", 0), "value") == Span(2, 6, 9)
    assert find(root, ("a", 0), "key") == Span(2, 3, 4)
    assert find(root, ("a", 1, "b"), "value") == Span(1, 1, 2)
    assert find(root, ("b",), "key") == START
