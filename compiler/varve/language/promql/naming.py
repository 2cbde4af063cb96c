"""Does an expression name a label: does it ask for one, group or match by it, or write it."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, cast

from varve.language.fault import Fault
from varve.language.promql import reading
from varve.language.promql.scoping import calls
from varve.language.promql.tree import Node

_TAKING: Final = {
    "label_replace": (1, 3),
    "label_join": (1, *range(3, 32)),
    "sort_by_label": range(1, 32),
    "sort_by_label_desc": range(1, 32),
    "histogram_quantiles": (1,),
    "count_values": (1,),
}
"""The places of the arguments that name labels; of an aggregation the expression is the first."""


def names(text: str, label: str) -> bool:
    """Whether the expression `text` names a label; one that is not sound names none."""
    # An escape may spell it.
    if label not in text and "\\" not in text:
        return False
    found = reading.read(text)
    return not isinstance(found, Fault) and label in chain(_said(found.nodes), _taken(found.nodes))


def _said(nodes: Sequence[Node]) -> Iterator[object]:
    for node in nodes:
        match node.kind:
            case "selector":
                yield from (name for _, name, _ in cast("tuple[tuple[str, str, str], ...]", node.says[1]))
            case "aggregation":
                yield from cast("tuple[str, ...]", node.says[1] or ())[1:]
            case "operation":
                yield from _matched(cast("tuple[object, ...] | None", node.says[1]))


def _matched(modifier: tuple[object, ...] | None) -> Iterator[object]:
    """The labels by which two sides are matched, and those that one side brings to the other."""
    _, _, by, group, *_ = modifier or (None,) * 4
    yield from cast("tuple[str, ...]", by or ())[1:]
    yield from cast("tuple[str, ...]", group or ())


def _taken(nodes: Sequence[Node]) -> Iterator[object]:
    for name, arguments in calls(nodes):
        taking = _TAKING.get(name, ())
        yield from (each.says[0] for place, each in enumerate(arguments) if place in taking and each.kind == "string")
