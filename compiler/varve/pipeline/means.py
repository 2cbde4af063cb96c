"""By what means a compile is done, which never changes what comes of it."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from varve.model.memory import NOTHING, Memory
from varve.model.progress import NOBODY, Observer
from varve.model.snapshot import Snapshot

T = TypeVar("T")


class Executor(Protocol):
    """Does the same work for many tenants, at one place or at several."""

    def __call__(self, work: Callable[[str], T], tenants: Sequence[str]) -> Iterator[T]:
        """What comes of the work for each tenant, in their order; an iterator, so that it can be looked at early."""


def in_turn(work: Callable[[str], T], tenants: Sequence[str]) -> Iterator[T]:
    """The work for one tenant after the other, here."""
    yield from map(work, tenants)


class Means(NamedTuple):
    """What is remembered of earlier compiles, who watches this one, and where the work for each tenant is done.

    `trusted` are files whose artifacts are known to be what their sources compile to, by this compiler.
    """

    memory: Memory = NOTHING
    observer: Observer = NOBODY
    executor: Executor = in_turn
    trusted: Snapshot | None = None
