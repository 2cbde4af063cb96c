"""Every selector of an expression is found at its offset, even if it is made of keywords."""

import re

import pytest

from tests.language.promql.verdicts import READ_BY_BOTH
from varve.language.fault import Fault
from varve.language.promql import lex, reading
from varve.language.promql.selectors import PlacedMatcher, PlacedSelector, selectors


def found(text: str) -> list[PlacedSelector]:
    tokens = lex(text)
    assert not isinstance(tokens, Fault)
    return list(selectors(tokens))


def begun(text: str) -> list[str]:
    return [re.match(r"[a-z]*", text[each.start :])[0] for each in found(text)]  # type: ignore[index]


@pytest.mark.parametrize("text", READ_BY_BOTH)
def test_as_many_selectors_are_found_as_by_the_parser(text: str) -> None:
    read = reading.read(text)
    assert not isinstance(read, Fault)
    assert len(found(text)) == sum(node.kind == "selector" for node in read.nodes)


@pytest.mark.parametrize(
    ("text", "names"),
    {
        "aggregators as metrics": ("sum(sum) by (sum) + avg", ["sum", "avg"]),
        "a grouping before the operand": ("sum by (by) (by)", ["by"]),
        "operators as metrics": ("and and or or unless", ["and", "or", "unless"]),
        "functions as metrics": ("rate(rate[5m]) > absent", ["rate", "absent"]),
        "a list that is left out": ("x / on (a) group_left y", ["x", "y"]),
        "a list that is taken": ("x / on (a) group_left (b) y", ["x", "y"]),
        "missing series filled": ("x + fill (0) fill", ["x", "fill"]),
        "instants and offsets": ("x @ start() offset 5m + end @ 1", ["x", "end"]),
        "comments and strings": ('x # y\n + z{a="w{"}', ["x", "z"]),
        "arguments": ('label_replace(x, "y", "z", "w", "v") == bool vector(1)', ["x"]),
    }.values(),
)
def test_only_selectors_are_found(text: str, names: list[str]) -> None:
    assert begun(text) == names


def test_a_selector_has_its_unquoted_matchers_with_offsets() -> None:
    text = 'x{a="b", "c d"!~`e`,}'
    assert found(text) == [
        PlacedSelector(
            0, 2, filled=True, matchers=(PlacedMatcher("a", "=", "b", 2), PlacedMatcher("c d", "!~", "e", 9))
        )
    ]


@pytest.mark.parametrize(
    ("text", "end", "filled"),
    [("x", 1, None), ("x {}", 3, False), ("x{ # }\n}", 2, False), ('{"a"}', 1, True), ('{a="b"}', 1, True)],
)
def test_a_matcher_can_be_inserted_after_the_name_or_the_brace(text: str, end: int, filled: bool | None) -> None:  # noqa: FBT001
    (one,) = found(text)
    assert (one.end, one.filled) == (end, filled)
