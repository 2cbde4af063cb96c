import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.language.lines import fate, place

TEXTS = st.lists(st.sampled_from(["a", "b", "  c", "  d"]), max_size=8)


@pytest.mark.parametrize(
    ("before", "after", "fates"),
    {
        "the same": ("a b c", "a b c", "stays stays stays"),
        "one is another": ("a b c", "a x c", "stays another stays"),
        "one is gone": ("a b c", "a c", "stays gone stays"),
        "one is new": ("a c", "a b c", "stays stays"),
        "all are gone": ("a b", "", "gone gone"),
        "two at a distance": ("a b c d e", "a x c e", "stays another stays gone stays"),
    }.values(),
)
def test_a_line_stays_is_replaced_or_is_gone(before: str, after: str, fates: str) -> None:
    lines = before.split()
    assert [fate(lines, after.split(), at) for at in range(len(lines))] == fates.split()


def test_a_removed_item_is_a_whole_one() -> None:
    items = ["- when:", "    - a", "  then: x", "- when:", "    - b", "  then: x", "- when:", "    - c", "  then: x"]
    left = items[:3] + items[6:]
    assert [at for at in range(len(items)) if fate(items, left, at) == "gone"] == [3, 4, 5]


def test_a_removed_item_of_json_begins_with_its_opening_line() -> None:
    items = ["[", "  {", '    "a": 1', "  },", "  {", '    "b": 1', "  },", "  {", '    "c": 1', "  }", "]"]
    left = items[:4] + items[7:]
    assert [at for at in range(len(items)) if fate(items, left, at) == "gone"] == [4, 5, 6]


def test_a_line_that_is_unique_in_both_texts_stays_when_others_move() -> None:
    assert fate(["one", "many", "many", "many"], ["many", "many", "many", "one"], 0) == "stays"
    # Of lines that cross each other, the largest set that does not cross is kept.
    assert [fate(["a", "b", "c"], ["b", "c", "a"], at) for at in range(3)] == ["gone", "stays", "stays"]


@given(TEXTS, TEXTS)
def test_what_stays_is_in_both_in_the_same_order(before: list[str], after: list[str]) -> None:
    rest = iter(after)
    assert all(line in rest for at, line in enumerate(before) if fate(before, after, at) == "stays")


@given(TEXTS)
def test_where_nothing_changes_every_line_stays(lines: list[str]) -> None:
    assert all(fate(lines, list(lines), at) == "stays" for at in range(len(lines)))


def test_an_equal_line_is_found_where_most_lines_around_it_are_equal() -> None:
    lines = ["x", "a", "same", "b", "same", "c"]
    assert place(lines, 4, ["same", "q", "b", "same", "c"]) == 3
    assert place(lines, 2, ["same", "q", "a", "same", "z"]) == 3
    assert place(lines, 0, ["a", "b"]) is None
