"""Tables are aligned and escaped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.render.table import table
from varve.render.width import width


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        pytest.param([], "", id="no row, no line"),
        pytest.param(
            [("0.75", "sets", "tenant"), ("0.5", "overrides", "environment")],
            "0.75  sets       tenant\n0.5   overrides  environment\n",
            id="columns are as wide as their widest cell, the last as wide as it is",
        ),
        pytest.param([("日本", "a"), ("x", "b")], "日本  a\nx     b\n", id="wide characters count twice"),
        pytest.param([("a", "", ""), ("bb", "c", "")], "a\nbb  c\n", id="no line ends in blanks"),
        pytest.param([("::error::x", "a\nb")], "\\x3a:error::x  a\\nb\n", id="cells are escaped"),
    ],
)
def test_table(rows: list[tuple[str, ...]], shown: str) -> None:
    assert table(rows) == shown


@given(st.lists(st.tuples(st.text(max_size=8), st.just("|")), min_size=1))
def test_the_second_column_begins_in_one_column(rows: list[tuple[str, str]]) -> None:
    lines = table(rows).splitlines()
    assert len(lines) == len(rows)
    assert len({width(line) for line in lines}) == 1
