"""The progress of a compile, and what it took in time and memory."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple, Protocol

from varve.model.unit import Unit


class Observer(Protocol):
    """Receives the progress of a compile, one call after the other; it has no effect on what is built."""

    def begin(self, count: int) -> None:
        """`count` units will be compiled."""

    def entered(self, stage: str) -> None:
        """The work from here on belongs to `stage`, until another is entered."""

    def finished(self, unit: Unit, *, remembered: bool) -> None:
        """A unit is done: compiled, or `remembered`, which means cached by an earlier compile of the same sources."""


class _NoObserver:
    """Ignores all progress."""

    def begin(self, count: int) -> None:
        pass

    def entered(self, stage: str) -> None:
        pass

    def finished(self, unit: Unit, *, remembered: bool) -> None:
        pass


NO_OBSERVER: Final[Observer] = _NoObserver()
"""For a compile without progress reports."""


def report_remembered(observer: Observer, units: Collection[Unit]) -> None:
    """Report all of these units as cached."""
    observer.begin(len(units))
    for unit in units:
        observer.finished(unit, remembered=True)


class Status(NamedTuple):
    """The progress of a compile: `done` of `units` after so many seconds, the last `unit`, and the current stage."""

    stage: str
    units: int = 0
    done: int = 0
    seconds: float = 0.0
    unit: Unit | None = None


class Spent(NamedTuple):
    """What a command took: seconds in all and by stage, units, and how many of these were cached.

    `memory` is the peak memory of the command's own process, in bytes.
    """

    seconds: float
    stages: Mapping[str, float]
    units: int
    remembered: int
    memory: int
