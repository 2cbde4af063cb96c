"""The tree contains all data of an expression."""

from datetime import timedelta

import pytest

from tests.language.promql.verdicts import READ_BY_BOTH
from varve.language.fault import Fault
from varve.language.promql import reading
from varve.language.promql.dialect import Dialect
from varve.language.promql.tree import Node, fold, parse


def nodes(text: str) -> tuple[Node, ...]:
    found = reading.read(text)
    assert not isinstance(found, Fault)
    return found.nodes


def test_a_tree_is_folded_from_its_leaves_with_the_children_in_their_order() -> None:
    def shown(node: Node, below: list[str]) -> str:
        return f"{node.fields[0]}({' '.join(below)})" if node.kind != "negation" else f"-{below[0]}"

    assert fold(nodes("sum(a) - max(-b) * c"), shown) == "-(sum(a()) *(max(-b()) c()))"


def test_a_parent_precedes_its_children() -> None:
    assert [(node.kind, node.arity) for node in nodes("sum by (a) (rate(x[5m])) / -(y) > 1")] == [
        ("operation", 2),
        ("operation", 2),
        ("aggregation", 1),
        ("call", 1),
        ("range", 1),
        ("selector", 0),
        ("negation", 1),
        ("parentheses", 1),
        ("selector", 0),
        ("number", 0),
    ]


def test_a_selector_has_name_matchers_offset_and_instant() -> None:
    matchers = (("=", "a", "b"), ("!=", "c", ""), ("=~", "d", "e.*"), ("!~", "f", "\\d"))
    assert nodes('x{a="b", c!="", d=~"e.*", f!~`\\d`} offset -5m @ -1.5') == (
        Node("selector", ("x", matchers, timedelta(minutes=-5), "-1.5"), 0),
    )


@pytest.mark.parametrize("text", READ_BY_BOTH)
def test_the_nodes_of_a_tree_are_all_counted(text: str) -> None:
    found = nodes(text)
    assert sum(node.arity for node in found) == len(found) - 1


def test_messages_of_the_parser_are_adapted() -> None:
    assert parse(Dialect("abs()")) == Fault("expected 1 argument(s) in call to `abs`, got 0")
    assert parse(Dialect("x y")) is None
