"""The means by which a compile is done, which never change its result."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

from varve.emit.template.code import Codes
from varve.model.memory import NO_MEMORY, Memory
from varve.model.progress import NO_OBSERVER, Observer
from varve.model.snapshot import Snapshot
from varve.pipeline.carried import Carried
from varve.pipeline.outcome import Outcome
from varve.pipeline.part import Part

S = TypeVar("S")
T = TypeVar("T")

Compiling: TypeAlias = Callable[[Callable[[Part], list[Outcome]], Sequence[Part]], Iterator[list[Outcome]]]
"""Compiles parts, and yields the outcomes of their units, in the order of the parts.

The first argument compiles a part in this process; an implementation may compile it elsewhere, with the same result.
"""


class Executor(Protocol):
    """Does the same work for many parts, in one process or in several."""

    def __call__(self, work: Callable[[S], T], parts: Sequence[S]) -> Iterator[T]:
        """The results of the work for each part, in their order, as an iterator, so that they can be used early."""


def in_turn(work: Callable[[S], T], parts: Sequence[S]) -> Iterator[T]:
    """The results of the work for one part after the other, in this process."""
    yield from map(work, parts)


class Means(NamedTuple):
    """The memory of earlier compiles, the observer of this one, and where its parts are compiled.

    `trusted` are files whose artifacts are known to be what this compiler makes of their sources. `codes` caches
    compiled templates. `carried` holds results of an earlier compile in this process. With `unit_by_unit`, each unit is
    recalled by its own verdict, so that the questions of each are known.
    """

    memory: Memory = NO_MEMORY
    observer: Observer = NO_OBSERVER
    executor: Compiling = in_turn
    trusted: Snapshot | None = None
    codes: Codes | None = None
    carried: Carried | None = None
    unit_by_unit: bool = False
