"""The means of a compile do not change its result."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from tests.emit.repository import repository
from tests.pipeline.remembered import given
from tests.pipeline.test_remembering import TWO
from varve import pipeline
from varve.model.unit import Unit
from varve.pipeline import Means
from varve.pipeline.means import in_turn
from varve.world.executor.fork import forked

S = TypeVar("S")
T = TypeVar("T")


class Watcher:
    """Records the calls of an observer."""

    def __init__(self) -> None:
        self.calls: list[object] = []

    def begin(self, count: int) -> None:
        """Record the number of units."""
        self.calls.append(count)

    def entered(self, stage: str) -> None:
        """Record a stage."""
        self.calls.append(stage)

    def finished(self, unit: Unit, *, remembered: bool) -> None:
        """Record a unit."""
        self.calls.append((unit, remembered))


def backwards(work: Callable[[S], T], parts: Sequence[S]) -> Iterator[T]:
    """Does the last part first, and returns the results in order."""
    done = [work(part) for part in reversed(parts)]
    yield from reversed(done)


def test_the_place_and_order_of_work_do_not_matter() -> None:
    many = {path.replace("beta", f"t{n:02}"): text for n in range(14) for path, text in TWO.items()}
    seen = repository(many)
    first = pipeline.compile(seen)
    for executor in (in_turn, backwards, forked(2)):
        build = pipeline.compile(seen, means=Means(executor=executor))
        assert given(build) == given(first)
        assert build.artifacts == first.artifacts


def test_the_observer_gets_each_stage_and_unit_once() -> None:
    watcher, seen = Watcher(), repository(TWO)
    build = pipeline.compile(seen, means=Means(observer=watcher))
    units = [(unit, False) for unit in build.units]
    assert watcher.calls == ["open", 4, "recall", "compile", *units, "link", "check"]
    assert given(build) == given(pipeline.compile(seen))
