"""Work that another process does while this one does something else."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import active_count
from typing import IO, Final

from varve.world.machine.processors import processors

_LENGTH: Final = 8
"""By how many bytes it is said how many there are."""


@contextmanager
def apart(work: Callable[[], bytes]) -> Iterator[Callable[[], bytes | None]]:
    """Let another process do some work while the block does something else; then give what came of it, once.

    None where nothing came of it. It should take no time to speak of: who leaves the block waits for its end. Where
    there can be no other process, or no processor for it, the work is done before the block begins.
    """
    if not can_fork():
        done = work()
        yield lambda: done
        return
    process, found = _begun(work)
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


def _begun(work: Callable[[], bytes]) -> tuple[int, IO[bytes]]:
    """The process that does some work, and where it says what came of it."""
    here, there = os.pipe()
    process = os.fork()
    if process:
        os.close(there)
        return process, os.fdopen(here, "rb")
    try:
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
