"""What an expression queries: its type, functions and syntax features; and whether two selectors are the same."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple, cast

from varve.language.fault import Fault
from varve.language.promql import reading
from varve.language.promql.representative import without_numbers
from varve.language.promql.tree import Node
from varve.language.promql.value import ValueType

_WORD: Final = re.compile(r"\w+")
_NAME: Final = "__name__"


class Query(NamedTuple):
    """The properties of a valid expression.

    `functions` are the names of functions and aggregators, `features` the elements of syntax in `FEATURE_SINCE`.
    `is_selector` is whether it is one instant selector and nothing else, so that a range, an offset or an instant may
    follow it.
    """

    result_type: ValueType
    functions: frozenset[str]
    features: frozenset[str]
    is_selector: bool


@lru_cache(maxsize=1024)
def read(text: str) -> Query | Fault:
    """The properties of the expression `text`, or why it is refused; recent results are cached.

    A refused expression is read again with its own numbers, so that the fault's message and offset are right.
    """
    found = _read(without_numbers(text))
    return _read(text) if isinstance(found, Fault) else found


@lru_cache(maxsize=4096)
def _read(text: str) -> Query | Fault:
    found = reading.read(text)
    if isinstance(found, Fault):
        return found
    nodes = found.nodes
    return Query(
        result_type=found.result_type,
        functions=frozenset(str(node.fields[0]) for node in nodes if node.kind in {"call", "aggregation"}),
        features=found.features,
        is_selector=_is_selector(nodes) and not found.comments,
    )


def is_selector(text: str) -> bool:
    """Whether `text` is one instant selector without offset, `@` and comment, so that `[5m]` may follow it."""
    found = read(text)
    return not isinstance(found, Fault) and found.is_selector


def is_same(one: str, other: str) -> bool:
    """Whether two instant selectors have the same matchers, in any order and notation."""
    # Most pairs differ in a word, and need not be parsed.
    if {*_WORD.findall(one), _NAME} != {*_WORD.findall(other), _NAME}:
        return False
    matchers = _matchers(one)
    return matchers is not None and matchers == _matchers(other)


def _matchers(text: str) -> frozenset[tuple[str, str, str]] | None:
    """The matchers of one instant selector, including its metric's name; None for anything else."""
    found = reading.read(text)
    if isinstance(found, Fault) or not _is_selector(found.nodes):
        return None
    name, matchers = cast("tuple[str | None, tuple[tuple[str, str, str], ...]]", found.nodes[0].fields[:2])
    return frozenset((*matchers, ("=", _NAME, name)) if name else matchers)


def _is_selector(nodes: Sequence[Node]) -> bool:
    match nodes:
        case [Node("selector", (_, _, None, None), _)]:
            return True
    return False
