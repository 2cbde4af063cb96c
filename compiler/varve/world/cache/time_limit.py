"""Time limits for a shelf that may not answer, such as a network mount whose server is gone."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final, Generic, NamedTuple, TypeVar

from varve.world.cache.shelf import Content, Item, Shelf

ANSWER: Final = 0.5
"""How long a shelf may take to list its items, in seconds."""

RUN: Final = 5.0
"""How long all calls of a run may take together, in seconds."""

_T = TypeVar("_T")


class _Answer(NamedTuple, Generic[_T]):
    """The outcome of a call: one result in `given`, or an error."""

    given: tuple[_T, ...]
    error: Exception | None = None


@dataclass(slots=True)
class TimeLimited:
    """A shelf whose calls raise `TimeoutError` if they take too long.

    Listing its items may take `answer` seconds, and all calls together the seconds that are `left`.
    """

    shelf: Shelf
    answer: float
    left: float

    def prepare(self) -> None:
        """Prepare the shelf, without a time limit."""
        self.shelf.prepare()

    def items(self) -> list[Item]:
        """The segments on the shelf, newest first."""
        return self._within(self.shelf.items, self.answer)

    def open(self, item: Item) -> Content | None:
        """The content of a segment, or None if it is gone."""
        return self._within(lambda: self.shelf.open(item), self.left)

    def put(self, name: str, data: bytes) -> None:
        """Write a segment."""
        self._within(lambda: self.shelf.put(name, data), self.left)

    def drop(self, name: str) -> None:
        """Remove a segment."""
        self._within(lambda: self.shelf.drop(name), self.left)

    def _within(self, work: Callable[[], _T], seconds: float) -> _T:
        begun = time.monotonic()
        try:
            return within(min(seconds, self.left), work)
        finally:
            self.left -= time.monotonic() - begun


def within(seconds: float, work: Callable[[], _T]) -> _T:
    """The result of `work`, or what it raises; `TimeoutError` if it takes longer, and then its thread is abandoned."""
    answers: SimpleQueue[_Answer[_T]] = SimpleQueue()
    if seconds <= 0:
        raise TimeoutError
    # Python does not wait for daemon threads when the process ends, so a call that hangs cannot delay that.
    Thread(target=lambda: answers.put(_outcome(work)), daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if answer.error:
        raise answer.error
    return answer.given[0]


def _outcome(work: Callable[[], _T]) -> _Answer[_T]:
    try:
        return _Answer((work(),))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised in the waiting thread
        return _Answer((), error)
