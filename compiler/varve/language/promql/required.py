"""The values that the selectors of an expression require of a label."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, cast

from varve.language.fault import Fault
from varve.language.promql import reading
from varve.language.promql.tree import Node

_NESTING: Final = frozenset("()[]")


def required_values(text: str, label: str) -> tuple[tuple[str, ...], ...]:
    """The values that each selector of a valid expression requires of a label, without repetitions, in order."""
    found = reading.read(text)
    matched = () if isinstance(found, Fault) else required(found.nodes, {label})
    return tuple(dict.fromkeys(values for _, values in matched))


def required(nodes: Sequence[Node], labels: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each of the labels that a selector among `nodes` requires, with the value, or the alternatives of a pattern.

    An alternative may be a pattern itself.
    """
    for node in nodes:
        if node.kind == "selector":
            for operator, name, value in cast("tuple[tuple[str, str, str], ...]", node.fields[1]):
                if name in labels and operator == "=":
                    yield name, (value,)
                elif name in labels and operator == "=~" and not _NESTING.intersection(value):
                    yield name, tuple(value.split("|"))
