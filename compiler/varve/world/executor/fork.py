"""Compiles many tenants at the same time in forked processes, which share what was read before the fork."""

import contextlib
import gc
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from threading import active_count
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar, cast

from varve.model.diagnostic import Diagnostic, Report, Rule
from varve.pipeline.means import Executor, in_turn

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

S = TypeVar("S")
T = TypeVar("T")

_FEW: Final = 12
"""For fewer tenants, starting another process takes longer than it saves."""

_SHARES: Final = 8
"""How many shares there are for each process: a process that is done early takes another one."""

_MOST: Final = 16
"""The most tenants in a share, so that progress can be shown."""


WORKER_LOST = Rule(
    "world/worker-lost",
    "A process that compiled units was killed",
    "Units are compiled by several processes at the same time, here or on the workers of a cluster. One of them was "
    "killed before its work was done, most often by a system that had run out of memory, or the cluster could no "
    "longer be reached; its results are missing, so nothing was written. Give it more memory, use fewer processes "
    "with `--jobs`, or check the scheduler that `--executor` names.",
)


class WorkerLost(Exception):  # noqa: N818 - named for what happened
    """A process was killed before its work was done, most often because memory ran out."""


class NotCompiled(Exception):  # noqa: N818 - named for what happened
    """Units could not be compiled where they should have been; `diagnostic` says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@contextmanager
def reporting_lost_workers(report: Report) -> Iterator[None]:
    """Report `NotCompiled` or `WorkerLost` if the block raises it."""
    try:
        yield
    except NotCompiled as error:
        report.extend([error.diagnostic])
    except WorkerLost:
        hint = "check whether memory ran out, or use `--jobs 1`"
        report.add(WORKER_LOST, "a process that compiled units was killed", hint=hint)


def forked(workers: int) -> Executor:
    """An executor with up to so many processes, which forks only if that is worth while and safe.

    It raises `WorkerLost` if a process is killed. An exception in a process is raised here.
    """

    def execute(work: Callable[[S], T], parts: Sequence[S]) -> Iterator[T]:
        if workers > 1 and len(parts) >= _FEW and _can_fork():
            # The first part is done before the fork, so that everything the parts have in common is then shared.
            yield work(parts[0])
            yield from _Pool(work, parts[1:]).done(workers)
        else:
            yield from in_turn(work, parts)

    return execute


def _can_fork() -> bool:
    from multiprocessing import get_all_start_methods

    # A lock that another thread holds at the moment of a fork is never released in the new process.
    return active_count() == 1 and "fork" in get_all_start_methods()


class _Pool(NamedTuple, Generic[S, T]):
    """Work on tenants that is spread over several processes."""

    work: Callable[[S], T]
    tenants: Sequence[S]

    def done(self, workers: int) -> Iterator[T]:
        """The results, in the order of the tenants."""
        size = max(1, min(_MOST, len(self.tenants) // (workers * _SHARES)))
        shares = [self.tenants[start : start + size] for start in range(0, len(self.tenants), size)]
        with ExitStack() as stack:
            stack.enter_context(_frozen())
            pipes = [stack.enter_context(self._process()) for _ in range(min(workers, len(shares)))]
            answers = _answers(pipes, shares)
            finished: dict[int, list[T]] = {}
            for number in range(len(shares)):
                while number not in finished:
                    index, found = next(answers)
                    finished[index] = found
                yield from finished.pop(number)

    @contextmanager
    def _process(self) -> Iterator["Connection"]:
        """The connection to a newly forked process."""
        from multiprocessing import get_context

        context = get_context("fork")
        here, there = context.Pipe()
        process = context.Process(target=self._serve, args=(here, there), daemon=True)
        # An interrupt during the fork would be raised in the new process, where nothing handles it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        # While this end is open, the end of the process would go unnoticed.
        there.close()
        try:
            yield here
        finally:
            here.close()
            process.terminate()
            process.join()

    def _serve(self, here: "Connection", there: "Connection") -> None:
        """Do one share after the other until the connection is closed."""
        here.close()
        # An interrupt is handled by the waiting parent, which ends this process.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                tenants = there.recv()
                try:
                    there.send([self.work(tenant) for tenant in tenants])
                except Exception as error:  # noqa: BLE001 - whatever it is, the parent raises it
                    there.send(error)


@contextmanager
def _frozen() -> Iterator[None]:
    """Exempt all present objects from garbage collection, which would write to them and so end sharing their memory."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _answers(pipes: Sequence["Connection"], shares: Sequence[Sequence[Any]]) -> Iterator[tuple[int, list[Any]]]:
    """The number of each share with its results, in the order in which the processes finish them."""
    from multiprocessing import connection

    waiting = iter(enumerate(shares))
    pending: dict[Connection, int] = {}
    for pipe in pipes:
        _assign(pipe, waiting, pending)
    while pending:
        for pipe in cast("list[Connection]", connection.wait(list(pending))):
            number, answer = pending.pop(pipe), _result(pipe)
            _assign(pipe, waiting, pending)
            yield number, answer


def _assign(pipe: "Connection", waiting: Iterator[tuple[int, Sequence[Any]]], pending: dict["Connection", int]) -> None:
    number, share = next(waiting, (-1, ()))
    if share:
        pending[pipe] = number
        with contextlib.suppress(BrokenPipeError):
            # A dead process is detected when its answer is received.
            pipe.send(share)


def _result(pipe: "Connection") -> list[Any]:
    try:
        answer = pipe.recv()
    except (EOFError, ConnectionError):
        raise WorkerLost from None
    if isinstance(answer, Exception):
        raise answer
    found: list[Any] = answer
    return found
