"""By what means a compile is done, which never changes what comes of it."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

from varve.emit.template.code import Codes
from varve.model.memory import NOTHING, Memory
from varve.model.progress import NOBODY, Observer
from varve.model.snapshot import Snapshot
from varve.pipeline.carried import Carried
from varve.pipeline.outcome import Outcome
from varve.pipeline.part import Part

S = TypeVar("S")
T = TypeVar("T")

Compiling: TypeAlias = Callable[[Callable[[Part], list[Outcome]], Sequence[Part]], Iterator[list[Outcome]]]
"""Has parts compiled, and gives what becomes of their units, in the order of the parts.

The work that it is given would do it here; what is done at another place gives the same.
"""


class Executor(Protocol):
    """Does the same work for many parts, in one process or in several."""

    def __call__(self, work: Callable[[S], T], parts: Sequence[S]) -> Iterator[T]:
        """What comes of the work for each part, in their order; an iterator, so that it can be looked at early."""


def in_turn(work: Callable[[S], T], parts: Sequence[S]) -> Iterator[T]:
    """The work for one part after the other, here."""
    yield from map(work, parts)


class Means(NamedTuple):
    """What is remembered of earlier compiles, who watches this one, and where its parts are compiled.

    `trusted` are files whose artifacts are known to be what their sources compile to, by this compiler. `codes` know
    what templates were compiled to. `carried` is what an earlier compile in this process has left. Units are
    recalled `apart` where somebody wants to know what each of them asks.
    """

    memory: Memory = NOTHING
    observer: Observer = NOBODY
    executor: Compiling = in_turn
    trusted: Snapshot | None = None
    codes: Codes | None = None
    carried: Carried | None = None
    apart: bool = False
