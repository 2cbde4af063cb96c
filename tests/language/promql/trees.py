"""Whether two expressions are one and the same, for tests that say what a change of a text means."""

from varve.language.fault import Fault
from varve.language.promql import reading


def same(one: str, other: str) -> bool:
    """Whether two expressions are sound and have equal trees: the same nodes that say the same, blanks aside."""
    first, second = reading.read(one), reading.read(other)
    return not (isinstance(first, Fault) or isinstance(second, Fault)) and first.nodes == second.nodes
