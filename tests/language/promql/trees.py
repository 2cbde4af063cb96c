"""Whether two expressions have the same tree, for tests that edit the text of an expression."""

from varve.language.fault import Fault
from varve.language.promql import reading


def same(one: str, other: str) -> bool:
    """Whether two expressions are valid and have equal trees: the same nodes with the same data, apart from blanks."""
    first, second = reading.read(one), reading.read(other)
    return not (isinstance(first, Fault) or isinstance(second, Fault)) and first.nodes == second.nodes
