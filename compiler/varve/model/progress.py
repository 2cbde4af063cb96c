"""How far a compile has come, and what it took, for whoever watches it."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple, Protocol

from varve.model.unit import Unit


class Observer(Protocol):
    """Is told how a compile gets on, one call after the other; nothing that it does changes what is built."""

    def begin(self, count: int) -> None:
        """So many units will be compiled."""

    def entered(self, stage: str) -> None:
        """What is done from here on is this stage's, until another is entered."""

    def finished(self, unit: Unit, *, remembered: bool) -> None:
        """A unit is done: compiled, or `remembered` from a compile of the same sources."""


class _Nobody:
    """Listens to nothing."""

    def begin(self, count: int) -> None:
        pass

    def entered(self, stage: str) -> None:
        pass

    def finished(self, unit: Unit, *, remembered: bool) -> None:
        pass


NOBODY: Final[Observer] = _Nobody()
"""For a compile that nobody watches."""


def tell_remembered(observer: Observer, units: Collection[Unit]) -> None:
    """Tell that all of these units are known from before."""
    observer.begin(len(units))
    for unit in units:
        observer.finished(unit, remembered=True)


class Standing(NamedTuple):
    """How far a compile has come: `done` of `units` in so many seconds, the last of them, and the stage now."""

    stage: str
    units: int = 0
    done: int = 0
    seconds: float = 0.0
    unit: Unit | None = None


class Spent(NamedTuple):
    """What a command took: seconds in all and by stage, units, how many of them were remembered, and bytes of memory.

    `memory` is the most that the command's own process held at once.
    """

    seconds: float
    stages: Mapping[str, float]
    units: int
    remembered: int
    memory: int
