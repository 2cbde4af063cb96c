"""Whether an expression names a label: in a matcher, a grouping or a vector matching, or as an argument."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, cast

from varve.language.fault import Fault
from varve.language.promql import reading
from varve.language.promql.scoping import calls
from varve.language.promql.tree import Node

_LABEL_ARGUMENTS: Final = {
    "label_replace": (1, 3),
    "label_join": (1, *range(3, 32)),
    "sort_by_label": range(1, 32),
    "sort_by_label_desc": range(1, 32),
    "histogram_quantiles": (1,),
    "count_values": (1,),
}
"""The positions of the arguments that name labels, from 0; in an aggregation the expression is the first argument."""


def names(text: str, label: str) -> bool:
    """Whether the expression `text` names `label`; false for an invalid expression."""
    # A string may write it with escapes.
    if label not in text and "\\" not in text:
        return False
    found = reading.read(text)
    return not isinstance(found, Fault) and label in chain(_written_labels(found.nodes), _argument_labels(found.nodes))


def _written_labels(nodes: Sequence[Node]) -> Iterator[object]:
    for node in nodes:
        match node.kind:
            case "selector":
                yield from (name for _, name, _ in cast("tuple[tuple[str, str, str], ...]", node.fields[1]))
            case "aggregation":
                yield from cast("tuple[str, ...]", node.fields[1] or ())[1:]
            case "operation":
                yield from _matching_labels(cast("tuple[object, ...] | None", node.fields[1]))


def _matching_labels(modifier: tuple[object, ...] | None) -> Iterator[object]:
    """The labels by which two operands are matched, and those that `group_left` or `group_right` copies."""
    _, _, by, group, *_ = modifier or (None,) * 4
    yield from cast("tuple[str, ...]", by or ())[1:]
    yield from cast("tuple[str, ...]", group or ())


def _argument_labels(nodes: Sequence[Node]) -> Iterator[object]:
    for name, arguments in calls(nodes):
        positions = _LABEL_ARGUMENTS.get(name, ())
        yield from (
            each.fields[0] for place, each in enumerate(arguments) if place in positions and each.kind == "string"
        )
