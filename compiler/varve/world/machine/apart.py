"""Work that another process does while this one does something else."""

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
"""By how many bytes it is said how many there are."""
_ENDING: Final = (signal.SIGINT, signal.SIGTERM)
"""By what people end a program and all of its processes."""


@contextmanager
def apart(work: Callable[[], bytes]) -> Iterator[Callable[[], bytes | None]]:
    """Let another process do some work while the block does something else; then give what came of it, once.

    None where nothing came of it. It should take no time to speak of: who leaves the block waits for its end. Where
    there can be no other process, or no processor for it, the work is done before the block begins.
    """
    begun = _begun(work) if can_fork() else None
    if begun is None:
        done = work()
        yield lambda: done
        return
    process, found = begun
    try:
        with found:
            yield lambda: _whole(found.read())
    finally:
        # The program that we are a part of may have waited for it already, as for all of its own.
        with suppress(ChildProcessError):
            os.waitpid(process, 0)


def can_fork() -> bool:
    """Whether it is worth while to make another process of this one, and no thread could hold what is held in it."""
    return sys.platform == "linux" and active_count() == 1 and processors() > 1


def _begun(work: Callable[[], bytes]) -> tuple[int, IO[bytes]] | None:
    """The process that does some work, and where it says what came of it; None where the system refuses another one."""
    try:
        here, there = os.pipe()
    except OSError:
        return None
    # What the program that we are a part of does at a signal, it must not do once more in a process of ours.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        process = os.fork()
        if not process:
            _do(work, here, there)
    except OSError:
        os.close(here)
        return None
    finally:
        os.close(there)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return process, os.fdopen(here, "rb")


def _do(work: Callable[[], bytes], here: int, there: int) -> NoReturn:
    try:
        # It would look at, and so copy, all that is held here, and end what is rubbish there too.
        gc.disable()
        for each in _ENDING:
            signal.signal(each, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        os.close(here)
        with os.fdopen(there, "wb") as said:
            data = work()
            said.write(len(data).to_bytes(_LENGTH) + data)
    finally:
        # Whatever happens, nothing of what this process has begun may be ended, said or written there once more.
        os._exit(0)


def _whole(said: bytes) -> bytes | None:
    """What came of some work, where all of it was said."""
    size, data = said[:_LENGTH], said[_LENGTH:]
    return data if len(size) == _LENGTH and int.from_bytes(size) == len(data) else None
