"""What an expression asks for: its type, the functions it calls, the metrics it names."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from varve.language.fault import Fault
from varve.language.promql import reading
from varve.language.promql.tree import Node
from varve.language.promql.value import ValueType

_NAME_LABEL = "__name__"


class Query(NamedTuple):
    """What is known of an expression without asking Prometheus.

    `functions` are the names of functions and aggregators; `features` the ways of writing that `FEATURE_SINCE` knows;
    `metric_names` those that selectors say in full, so a selector by a regular expression adds none; `is_selector`
    whether it is one instant selector and nothing else, so that a range, an offset or an instant may follow it.
    """

    result_type: ValueType
    functions: frozenset[str]
    features: frozenset[str]
    metric_names: frozenset[str]
    is_selector: bool


@lru_cache(maxsize=1024)
def read(text: str) -> Query | Fault:
    """What the expression `text` asks for, or why it is refused; lately read ones are remembered."""
    found = reading.read(text)
    if isinstance(found, Fault):
        return found
    nodes = found.nodes
    return Query(
        result_type=found.result_type,
        functions=frozenset(str(node.says[0]) for node in nodes if node.kind in {"call", "aggregation"}),
        features=found.features,
        metric_names=frozenset(_names(nodes)),
        is_selector=_is_selector(nodes) and not found.comments,
    )


def result_type(text: str) -> ValueType | None:
    """The type of what the expression `text` evaluates to; None where it is refused."""
    found = read(text)
    return None if isinstance(found, Fault) else found.result_type


def functions(text: str) -> frozenset[str]:
    """The names of the functions and aggregators that `text` uses; none where it is refused."""
    found = read(text)
    return frozenset() if isinstance(found, Fault) else found.functions


def features(text: str) -> frozenset[str]:
    """The ways of writing in `text` that only a young Prometheus reads; none where it is refused."""
    found = read(text)
    return frozenset() if isinstance(found, Fault) else found.features


def metric_names(text: str) -> frozenset[str]:
    """The names of the metrics that `text` selects by name; none where it is refused."""
    found = read(text)
    return frozenset() if isinstance(found, Fault) else found.metric_names


def is_selector(text: str) -> bool:
    """Whether `text` is one instant selector without offset, instant and comment, so that `[5m]` may follow it."""
    found = read(text)
    return not isinstance(found, Fault) and found.is_selector


def same(one: str, other: str) -> bool:
    """Whether two expressions are sound and have equal trees: the same nodes that say the same, blanks aside."""
    first, second = reading.read(one), reading.read(other)
    return not (isinstance(first, Fault) or isinstance(second, Fault)) and first.nodes == second.nodes


def _names(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        match node.kind, node.says:
            case "selector", (str(name), *_):
                yield name
            case "selector", (None, tuple(matchers), *_):
                yield from (value for operator, name, value in matchers if name == _NAME_LABEL and operator == "=")


def _is_selector(nodes: Sequence[Node]) -> bool:
    match nodes:
        case [Node("selector", (_, _, None, None), _)]:
            return True
    return False
