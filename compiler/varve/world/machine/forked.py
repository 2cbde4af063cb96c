"""Runs work in a forked process while this one does something else."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import active_count
from typing import IO, Final, NoReturn

from varve.world.machine.processors import processors

_LENGTH: Final = 8
"""The size of the length prefix, in bytes."""
_END_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
"""The signals with which people end a program and all of its processes."""


@contextmanager
def apart(work: Callable[[], bytes]) -> Iterator[Callable[[], bytes | None]]:
    """Run `work` in a forked process while the block does something else; the value returns its result, once.

    The result is None if the process failed. The work should be short, because leaving the block waits for the end of
    the process. If no process can be forked, or there is only one processor, the work is done before the block begins.
    """
    begun = _forked(work) if can_fork() else None
    if begun is None:
        done = work()
        yield lambda: done
        return
    process, found = begun
    try:
        with found:
            yield lambda: _result(found.read())
    finally:
        # The program that embeds varve may wait for all child processes, and so for this one.
        with suppress(ChildProcessError):
            os.waitpid(process, 0)


def can_fork() -> bool:
    """Whether forking is safe, which it is without other threads, whose locks it would copy, and worth the effort."""
    return sys.platform == "linux" and active_count() == 1 and processors() > 1


def _forked(work: Callable[[], bytes]) -> tuple[int, IO[bytes]] | None:
    """The id of a new process that does the work, and the pipe for its result; None if the system refuses to fork."""
    try:
        here, there = os.pipe()
    except OSError:
        return None
    # The signal handlers of the program that embeds varve must not run in our process too.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        process = os.fork()
        if not process:
            _run_child(work, here, there)
    except OSError:
        os.close(here)
        return None
    finally:
        os.close(there)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return process, os.fdopen(here, "rb")


def _run_child(work: Callable[[], bytes], here: int, there: int) -> NoReturn:
    try:
        # A collection would touch, and so copy, all shared memory, and would run the parent's finalisers here too.
        gc.disable()
        for each in _END_SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _END_SIGNALS)
        os.close(here)
        with os.fdopen(there, "wb") as pipe:
            data = work()
            pipe.write(len(data).to_bytes(_LENGTH) + data)
    finally:
        # Without a normal exit nothing that the parent has opened or registered is flushed, closed or run here too.
        os._exit(0)


def _result(message: bytes) -> bytes | None:
    """The result of the work; None if it was not sent completely."""
    size, data = message[:_LENGTH], message[_LENGTH:]
    return data if len(size) == _LENGTH and int.from_bytes(size) == len(data) else None
