"""The labels by which the result of an expression is surely grouped, and in which its series can differ."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias, cast

from varve.language.fault import Fault
from varve.language.promql import reading
from varve.language.promql.tree import Node, fold

_BY: Final = re.compile(r"\bby\s*\(([^()]*)\)", re.IGNORECASE)
_LABEL: Final = re.compile(r"""[^\s,"'`]+""")
_NONE: Final[frozenset[str]] = frozenset()
_NO_VALUES: Final[Mapping[str, frozenset[str]]] = {}

_GROUPING: Final = frozenset({"sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "quantile"})
"""The aggregators whose result has the labels of their `by` and no others."""

_REPLACING: Final = frozenset({"absent", "absent_over_time", "info", "vector", "scalar"})
"""Functions whose result has other labels than their argument."""

_Modifier: TypeAlias = "tuple[str, bool, tuple[str, ...] | None, tuple[str, ...] | None, float | None, float | None]"
_ONE_TO_ONE: Final[_Modifier] = ("VectorMatchCardinality.OneToOne", False, None, None, None, None)


class _Seen(NamedTuple):
    """A part of an expression: the labels by which it is grouped, and the values of labels that can only have these."""

    node: Node
    is_scalar: bool = False
    grouped: frozenset[str] = _NONE
    values: Mapping[str, frozenset[str]] = _NO_VALUES


@lru_cache(maxsize=4096)
def by_labels(text: str) -> frozenset[str]:
    """The labels that stand in a `by` of the expression `text`, which need not group its result: a quick test."""
    if "by" not in text.lower():
        return _NONE
    return frozenset(label for found in _BY.findall(text) for label in _LABEL.findall(found))


@lru_cache(maxsize=1024)
def grouping(text: str) -> frozenset[str]:
    """The labels by which the result of `text` is surely grouped, if its series can differ in them.

    A label that every selector below fixes to one value is not among them; empty for an invalid expression.
    """
    found = reading.read(text)
    return _NONE if isinstance(found, Fault) else fold(found.nodes, _of).grouped


def _of(node: Node, below: Sequence[_Seen]) -> _Seen:
    match node.kind:
        case "selector":
            matchers = cast("tuple[tuple[str, str, str], ...]", node.fields[1])
            return _Seen(node, values={name: frozenset({text}) for operator, name, text in matchers if operator == "="})
        case "number" | "string":
            return _Seen(node, is_scalar=True)
        case "aggregation":
            return _aggregation(node, below)
        case "call":
            return _call(node, below)
        case "operation":
            return _operation(node, *below)
    return below[0]._replace(node=node)


def _aggregation(node: Node, below: Sequence[_Seen]) -> _Seen:
    aggregator, modifier = cast("tuple[str, tuple[str, ...] | None]", node.fields)
    values = below[0].values
    if aggregator not in _GROUPING or modifier is None or not modifier[0].endswith("By"):
        return _Seen(node, values=values)
    return _Seen(node, grouped=frozenset(modifier[1:]) - _single(values), values=values)


def _single(values: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset(label for label, texts in values.items() if len(texts) == 1)


def _call(node: Node, below: Sequence[_Seen]) -> _Seen:
    function, returned, _ = cast("tuple[str, str, object]", node.fields)
    if returned.endswith("Scalar"):
        return _Seen(node, is_scalar=True)
    vector = next((each for each in below if not each.is_scalar), None)
    if vector is None or function in _REPLACING:
        return _Seen(node)
    # A label that is copied to another, or sorted by, need not be lost.
    named = [str(each.node.fields[0]) for each in below if each.node.kind == "string"]
    bounds = {"le"} if function.startswith("histogram_") else _NONE
    return _Seen(
        node, grouped=vector.grouped.difference(named, bounds), values=_written(function, named, vector.values)
    )


def _written(function: str, named: Sequence[str], values: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """The values of labels after a function that may write one."""
    if function not in ("label_replace", "label_join") or not named:
        return values
    written, replacement = named[0], named[1]
    if function == "label_replace" and "$" not in replacement:
        return {**values, written: frozenset({replacement})}
    return {label: texts for label, texts in values.items() if label != written}


def _operation(node: Node, left: _Seen, right: _Seen) -> _Seen:
    if left.is_scalar or right.is_scalar:
        return (right if left.is_scalar else left)._replace(node=node)
    operator, modifier = cast("tuple[str, _Modifier | None]", node.fields)
    if operator == "or":
        shared = left.values.keys() & right.values.keys()
        either = {label: left.values[label] | right.values[label] for label in shared}
        return _Seen(node, grouped=left.grouped | right.grouped, values=either)
    if operator == "unless":
        return left._replace(node=node)
    values = {**left.values, **right.values}
    grouped = left.grouped if operator == "and" else frozenset(_matched(modifier or _ONE_TO_ONE, left, right))
    return _Seen(node, grouped=grouped - _single(values), values=values)


def _matched(modifier: _Modifier, left: _Seen, right: _Seen) -> Iterator[str]:
    """The labels by which the result of arithmetic or a comparison between two vectors is grouped."""
    cardinality, _, matching, copied, *filled = modifier
    if any(each is not None for each in filled):
        return
    if not cardinality.endswith("OneToOne"):
        many = left if cardinality.endswith("ManyToOne") else right
        yield from many.grouped.difference(copied or ())
        return
    # What both sides are matched on has the same values on both.
    kind, *labels = matching or ("",)
    is_on = kind.endswith("Include")
    yield from (each for each in left.grouped | right.grouped if (each in labels) == is_on)
