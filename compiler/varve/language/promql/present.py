"""The labels that the series of an expression's result can have at all."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias, cast

from varve.language.fault import Fault
from varve.language.promql import reading
from varve.language.promql.scoping import LABEL
from varve.language.promql.tree import Node, fold

_NONE: Final[frozenset[str]] = frozenset()
_SELECTING: Final = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
"""The aggregators whose result has the labels of the series that it selects."""

_ABSENCE: Final = frozenset({"absent", "absent_over_time"})
_FRESH: Final = frozenset({"vector", "scalar"})
"""Functions whose result has no labels."""

_Modifier: TypeAlias = "tuple[str, bool, tuple[str, ...] | None, tuple[str, ...] | None, float | None, float | None]"
_ONE_TO_ONE: Final[_Modifier] = ("VectorMatchCardinality.OneToOne", False, None, None, None, None)


class _Seen(NamedTuple):
    """A part of an expression without parentheses around it, those of the labels that it can have, and its type."""

    node: Node
    labels: frozenset[str] = _NONE
    is_scalar: bool = False


@lru_cache(maxsize=4096)
def possible(text: str, labels: frozenset[str]) -> frozenset[str]:
    """Those of `labels` that the series of the result of `text` can have, as far as the expression shows.

    A selector can have any, and so can an invalid expression. The result is that of `text` after it has been scoped
    to a tenant, too. The names of metrics are always possible.
    """
    found = reading.read(text)
    if isinstance(found, Fault):
        return labels
    root = fold(found.nodes, lambda node, below: _of(node, below, labels))
    return root.labels | labels.intersection({"__name__"})


def _of(node: Node, below: Sequence[_Seen], labels: frozenset[str]) -> _Seen:
    match node.kind:
        case "selector":
            return _Seen(node, labels)
        case "aggregation":
            return _Seen(node, _aggregation(node, below, labels))
        case "call":
            return _Seen(node, _call(node, below, labels), str(node.fields[1]).endswith("Scalar"))
        case "operation":
            return _operation(node, *below)
        case "range" | "parentheses" | "negation":
            return below[0]
    return below[0]._replace(node=node) if below else _Seen(node, is_scalar=True)  # a subquery, a number or a string


def _aggregation(node: Node, below: Sequence[_Seen], labels: frozenset[str]) -> frozenset[str]:
    aggregator, modifier = cast("tuple[str, tuple[str, ...] | None]", node.fields)
    inside = below[0].labels
    if aggregator in _SELECTING:
        return inside
    kept = inside & _grouped(modifier, inside)
    return kept | _strings(below) & labels if aggregator == "count_values" else kept


def _grouped(modifier: tuple[str, ...] | None, inside: frozenset[str]) -> frozenset[str]:
    if modifier is None:
        return _NONE
    return frozenset(modifier[1:]) if modifier[0].endswith("By") else inside.difference(modifier[1:])


def _strings(below: Iterable[_Seen]) -> frozenset[str]:
    return frozenset(str(each.node.fields[0]) for each in below if each.node.kind == "string")


def _call(node: Node, below: Sequence[_Seen], labels: frozenset[str]) -> frozenset[str]:
    function = str(node.fields[0])
    if function == "info":
        return labels
    if function in _FRESH:
        return _NONE
    if function in _ABSENCE:
        return labels & {LABEL, *_required(below[0].node)}
    # A function that writes a label names it in a string; other strings do no harm.
    return frozenset[str]().union(*(each.labels for each in below), _strings(below) & labels)


def _required(node: Node) -> Iterable[str]:
    """The labels that `absent` takes from its argument: of a selector, those that have to be equal to something."""
    matchers = cast("tuple[tuple[str, str, str], ...]", node.fields[1]) if node.kind == "selector" else ()
    return (name for operator, name, _ in matchers if operator == "=")


def _operation(node: Node, left: _Seen, right: _Seen) -> _Seen:
    if left.is_scalar or right.is_scalar:
        return _Seen(node, left.labels | right.labels, left.is_scalar and right.is_scalar)
    operator, modifier = cast("tuple[str, _Modifier | None]", node.fields)
    if operator in {"and", "unless"}:
        return _Seen(node, left.labels)
    if operator == "or":
        return _Seen(node, left.labels | right.labels)
    return _Seen(node, _matched(modifier or _ONE_TO_ONE, left.labels, right.labels))


def _matched(modifier: _Modifier, left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    """The labels that the result of arithmetic or a comparison between two vectors can have."""
    cardinality, _, matching, copied, *filled = modifier
    kind, *matched = matching or ("",)
    if any(each is not None for each in filled):
        return left | right
    if not cardinality.endswith("OneToOne"):
        many, one = (left, right) if cardinality.endswith("ManyToOne") else (right, left)
        return many.difference(copied or ()) | (one & frozenset(copied or ()))
    # What both sides are matched on is the same on both, so what one lacks, no result has.
    both = left & right
    return both.intersection(matched) if kind.endswith("Include") else both.difference(matched)
