"""Whether a comparison with `bool` leaves the result of an expression unfiltered: it returns 0 and drops no series."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple, cast

from varve.language.fault import Fault
from varve.language.promql import reading
from varve.language.promql.tree import Node, fold

_BOOL: Final = re.compile(r"\bbool\b", re.IGNORECASE)
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_ABSENCE: Final = frozenset({"absent", "absent_over_time"})
_ALERTS: Final = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
"""Metrics whose series exist only while something else is true."""


class _Seen(NamedTuple):
    """Whether a part of an expression contains the result of a comparison with `bool`, and whether it may drop any."""

    compared: bool = False
    filtered: bool = False

    @property
    def is_unfiltered(self) -> bool:
        return self.compared and not self.filtered


@lru_cache(maxsize=4096)
def is_unfiltered(text: str) -> bool:
    """Whether the result of `text` has a comparison with `bool` and surely keeps every series, whatever its value.

    False for what may filter in any other way, such as another comparison, `and`, or `absent`, and for an invalid
    expression.
    """
    if _BOOL.search(text) is None:
        return False
    found = reading.read(text)
    return not isinstance(found, Fault) and fold(found.nodes, _of).is_unfiltered


def _of(node: Node, below: Sequence[_Seen]) -> _Seen:
    merged = _Seen(any(each.compared for each in below), any(each.filtered for each in below))
    match node.kind:
        case "selector":
            return _Seen(filtered=_is_of_alerts(node))
        case "call":
            return _call(node, merged)
        case "operation":
            return _operation(node, merged, *below)
    return merged


def _is_of_alerts(selector: Node) -> bool:
    name, matchers = cast("tuple[str | None, tuple[tuple[str, str, str], ...]]", selector.fields[:2])
    return name in _ALERTS or any(label == "__name__" for _, label, _ in matchers)


def _call(node: Node, merged: _Seen) -> _Seen:
    function, returned, _ = cast("tuple[str, str, object]", node.fields)
    if function in _ABSENCE:
        return _Seen(filtered=True)
    # `scalar` returns NaN where there is no series.
    return merged._replace(filtered=False) if returned.endswith("Scalar") else merged


def _operation(node: Node, merged: _Seen, left: _Seen, right: _Seen) -> _Seen:
    operator, modifier = cast("tuple[str, tuple[str, bool] | None]", node.fields)
    if operator in _COMPARISONS:
        is_bool = modifier is not None and modifier[1]
        return merged._replace(compared=True) if is_bool else _Seen(filtered=True)
    if operator == "or":
        return _Seen(left.is_unfiltered or right.is_unfiltered, left.filtered and right.filtered)
    if operator == "and":  # without a comparison, one side is there for the series that it has
        both = left.is_unfiltered and right.is_unfiltered
        return _Seen(both, filtered=not both)
    return _Seen(filtered=True) if operator == "unless" else merged
