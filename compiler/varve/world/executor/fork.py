"""Work for many tenants at the same time, in processes that share what was read already."""

import contextlib
import gc
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import active_count
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from varve.model.diagnostic import Diagnostic, Report, Rule
from varve.pipeline.means import Executor, in_turn

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

S = TypeVar("S")
T = TypeVar("T")

_FEW: Final = 12
"""For fewer tenants a second process costs more than it brings."""

_SHARES: Final = 8
"""How many shares each process gets: who is done early takes another."""

_MOST: Final = 16
"""How many tenants a share may have, so that whoever watches sees them come."""


WORKER_LOST = Rule(
    "world/worker-lost",
    "A process that compiled units was killed",
    "Units are compiled by several processes at the same time, here or on the workers of a cluster. One of them was "
    "killed before its work was done, most often by a system that had run out of memory, or the cluster could no "
    "longer be reached; its results are missing, so nothing was written. Give it more memory, use fewer processes "
    "with `--jobs`, or check the scheduler that `--executor` names.",
)


class WorkerLost(Exception):  # noqa: N818 - what happened
    """A process ended before its work did: killed from outside, most often because memory ran out."""


class Undone(Exception):  # noqa: N818 - what happened
    """Units could not be compiled where they should have been, as is `said`."""

    def __init__(self, said: Diagnostic) -> None:
        super().__init__(said.message)
        self.said = said


@contextmanager
def missing_workers(report: Report) -> Iterator[None]:
    """End the block where a process was lost, or nobody would do the work, and report it."""
    try:
        yield
    except Undone as undone:
        report.extend([undone.said])
    except WorkerLost:
        hint = "check whether memory ran out, or use `--jobs 1`"
        report.say(WORKER_LOST, "a process that compiled units was killed", hint=hint)


def forked(workers: int) -> Executor:
    """Does the work in so many processes, where that is worth while, the system can fork, and there is no other thread.

    `WorkerLost` where one of them ends early. What the work raises is raised here.
    """

    def spread(work: Callable[[S], T], parts: Sequence[S]) -> Iterator[T]:
        if workers > 1 and len(parts) >= _FEW and _can_fork():
            # The first is done here: what all have in common is then there before the processes part.
            yield work(parts[0])
            yield from _Spread(work, parts[1:]).done(workers)
        else:
            yield from in_turn(work, parts)

    return spread


def _can_fork() -> bool:
    from multiprocessing import get_all_start_methods

    # What another thread holds at the moment of a fork is held for ever in the new process.
    return active_count() == 1 and "fork" in get_all_start_methods()


@dataclass(frozen=True, slots=True)
class _Spread(Generic[S, T]):
    """Work that several processes do."""

    work: Callable[[S], T]
    tenants: Sequence[S]

    def done(self, workers: int) -> Iterator[T]:
        """What comes of it, in the order of the tenants."""
        size = max(1, min(_MOST, len(self.tenants) // (workers * _SHARES)))
        shares = [self.tenants[start : start + size] for start in range(0, len(self.tenants), size)]
        with ExitStack() as stack:
            stack.enter_context(_frozen())
            ways = [stack.enter_context(self._started()) for _ in range(min(workers, len(shares)))]
            answers = _answers(ways, shares)
            early: dict[int, list[T]] = {}
            for number in range(len(shares)):
                while number not in early:
                    index, found = next(answers)
                    early[index] = found
                yield from early.pop(number)

    @contextmanager
    def _started(self) -> Iterator["Connection"]:
        """The way to a process that has just parted from this one."""
        from multiprocessing import get_context

        context = get_context("fork")
        here, there = context.Pipe()
        process = context.Process(target=self._serve, args=(here, there), daemon=True)
        # An interrupt at the very moment of the fork would be raised where nobody can take it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        # Else nobody would notice the end of the process.
        there.close()
        try:
            yield here
        finally:
            here.close()
            process.terminate()
            process.join()

    def _serve(self, here: "Connection", there: "Connection") -> None:
        """Do what is asked, one share after the other, until nobody asks any more."""
        here.close()
        # Whoever interrupts the command means the one that waits, which ends this one.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                tenants = there.recv()
                try:
                    there.send([self.work(tenant) for tenant in tenants])
                except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where somebody waits
                    there.send(error)


@contextmanager
def _frozen() -> Iterator[None]:
    """What is there already is not looked at by the garbage collector, so that the processes go on sharing it."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _answers(ways: Sequence["Connection"], shares: Sequence[Sequence[Any]]) -> Iterator[tuple[int, list[Any]]]:
    """The number of each share with what came of it, as the processes finish them."""
    from multiprocessing import connection

    waiting = iter(enumerate(shares))
    asked: dict[Connection, int] = {}
    for way in ways:
        _ask(way, waiting, asked)
    while asked:
        for way in cast("list[Connection]", connection.wait(list(asked))):
            number, answer = asked.pop(way), _heard(way)
            _ask(way, waiting, asked)
            yield number, answer


def _ask(way: "Connection", waiting: Iterator[tuple[int, Sequence[Any]]], asked: dict["Connection", int]) -> None:
    number, share = next(waiting, (-1, ()))
    if share:
        asked[way] = number
        with contextlib.suppress(BrokenPipeError):
            # Who is gone is noticed where the answer is waited for.
            way.send(share)


def _heard(way: "Connection") -> list[Any]:
    try:
        answer = way.recv()
    except (EOFError, ConnectionError):
        raise WorkerLost from None
    if isinstance(answer, Exception):
        raise answer
    found: list[Any] = answer
    return found
