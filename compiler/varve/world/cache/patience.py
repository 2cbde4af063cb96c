"""Lets nobody wait for a shelf that does not answer, such as a network mount whose server is gone."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final, Generic, NamedTuple, TypeVar

from varve.world.cache.shelf import Content, Item, Shelf

ANSWER: Final = 0.5
"""How long a shelf may take to say what stands on it, in seconds."""

RUN: Final = 5.0
"""How long all that it is asked in a run may take together, in seconds."""

_T = TypeVar("_T")


class _Answer(NamedTuple, Generic[_T]):
    """What somebody gave who was asked, or what he raised."""

    given: tuple[_T, ...]
    error: Exception | None = None


@dataclass(slots=True)
class Patient:
    """A shelf that raises `TimeoutError` where it takes longer than that."""

    shelf: Shelf
    answer: float
    left: float

    def prepare(self) -> None:
        """Get ready; that takes no time of the shelf's."""
        self.shelf.prepare()

    def items(self) -> list[Item]:
        """What stands there."""
        return self._within(self.shelf.items, self.answer)

    def open(self, item: Item) -> Content | None:
        """What a segment holds."""
        return self._within(lambda: self.shelf.open(item), self.left)

    def put(self, name: str, data: bytes) -> None:
        """Let a segment stand there."""
        self._within(lambda: self.shelf.put(name, data), self.left)

    def drop(self, name: str) -> None:
        """Take a segment away."""
        self._within(lambda: self.shelf.drop(name), self.left)

    def _within(self, work: Callable[[], _T], seconds: float) -> _T:
        begun = time.monotonic()
        try:
            return within(min(seconds, self.left), work)
        finally:
            self.left -= time.monotonic() - begun


def within(seconds: float, work: Callable[[], _T]) -> _T:
    """What `work` gives, or raises; `TimeoutError` where that takes longer. It is then left to itself."""
    answers: SimpleQueue[_Answer[_T]] = SimpleQueue()
    if seconds <= 0:
        raise TimeoutError
    # Nobody waits for a daemon when the process ends, so nothing that hangs can hold it.
    Thread(target=lambda: answers.put(_ended(work)), daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if answer.error:
        raise answer.error
    return answer.given[0]


def _ended(work: Callable[[], _T]) -> _Answer[_T]:
    try:
        return _Answer((work(),))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where somebody waits
        return _Answer((), error)
