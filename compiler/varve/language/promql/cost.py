"""What evaluating an expression costs: selectors that name no metric, and the steps of subqueries."""

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Final, NamedTuple, cast

from varve.language import regex
from varve.language.fault import Fault
from varve.language.promql import reading
from varve.language.promql.lexer import WORD_OPERATORS
from varve.language.promql.tree import Node


class Cost(NamedTuple):
    """What makes an expression costly.

    `any_metric` is whether a selector reads series of any metric name, `any_history` whether it does so over a range.
    `points` is how often the innermost expression of subqueries is evaluated for one value.
    """

    any_metric: bool = False
    any_history: bool = False
    points: int = 1


NO_COST: Final = Cost()

_NAME: Final = "__name__"
_PROBE_NAMES: Final = ("qzv", "qzv_total", "Qzv:x9_")
_WORDS: Final = WORD_OPERATORS | {"bool", "by", "group_left", "group_right", "ignoring", "offset", "on", "without"}
_BRACE: Final = re.compile(r"(?<![\w:])([\w:]++)\s*+\{|(?<![\w:\s])\s*+\{")
_SUBQUERY: Final = re.compile(r"\[[^][:]*+:|#")


@lru_cache(maxsize=4096)
def cost(text: str, step: int) -> Cost:
    """The cost of a valid expression; a subquery without a step has one of `step` milliseconds."""
    if not _may_be_costly(text):
        return NO_COST
    found = reading.read(text)
    return NO_COST if isinstance(found, Fault) else _cost(found.nodes, step)


def _may_be_costly(text: str) -> bool:
    """Whether an expression may contain a selector without a name, or a subquery; most surely contain neither."""
    named = ((found[1] or "").lower() for found in _BRACE.finditer(text))
    return _NAME in text or _SUBQUERY.search(text) is not None or any(not name or name in _WORDS for name in named)


def _cost(nodes: Sequence[Node], step: int) -> Cost:
    any_metric, any_history, most = False, False, 1
    # The ancestors of a node that have more children, outermost first: how many, and how often each is evaluated.
    above: list[list[int]] = [[1, 1]]
    for node in nodes:
        while not above[-1][0]:
            above.pop()
        above[-1][0] -= 1
        times = above[-1][1]
        if node.kind == "selector" and _is_of_any_name(node):
            any_metric, any_history = True, any_history or times != 1
        if node.kind in ("range", "subquery"):
            times *= _points(node, step)
            most = max(most, times if node.kind == "subquery" else 1)
        above.append([node.arity, times])
    return Cost(any_metric, any_history, most)


def _points(node: Node, step: int) -> int:
    """The number of points of a range, at least two; that of a subquery depends on its step."""
    if node.kind == "range":
        return 2
    length, own_step = cast("tuple[timedelta, timedelta | None]", node.fields[:2])
    every = own_step / timedelta(milliseconds=1) if own_step else step
    return max(2, int(length / timedelta(milliseconds=1) / max(every, 1)))


def _is_of_any_name(selector: Node) -> bool:
    name, matchers = selector.fields[0], cast("tuple[tuple[str, str, str], ...]", selector.fields[1])
    return not name and not any(label == _NAME and _restricts(operator, value) for operator, label, value in matchers)


def _restricts(operator: str, value: str) -> bool:
    """Whether a matcher of the metric's name restricts it, so that it does not match arbitrary names."""
    if operator == "=~":
        return not all(regex.matches(value, each) for each in _PROBE_NAMES)
    return operator == "=" and value != ""
