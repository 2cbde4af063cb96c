"""Work in a separate process, which may run out of time or memory, or crash."""

import os
import resource
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Final, NoReturn

_SECONDS: Final = 1.0
_MEMORY: Final = 256 << 20
_CRASHES: Final = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL})
_PAGE: Final = resource.getpagesize()


class End(Enum):
    """How a process ended without a result."""

    EXHAUSTED = "it took more time or memory than one file is worth"
    CRASHED = "the interpreter died"


def ended(work: Callable[[], str], seconds: float = _SECONDS, memory: int = _MEMORY) -> str | End:
    """The result of `work`, the name of the exception that it raised, or how its process ended.

    It may use this many seconds of CPU time, and this many bytes of memory in addition to the current ones.
    """
    source, target = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other tests may have left a thread behind
        child = os.fork()
    if not child:
        os.close(source)
        _work(work, target, seconds, memory)
    os.close(target)
    with os.fdopen(source, "rb") as answers:
        answer = answers.read().decode()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return End.CRASHED if os.WTERMSIG(status) in _CRASHES else End.EXHAUSTED
    return End.EXHAUSTED if answer == "MemoryError" else answer


def _work(work: Callable[[], str], target: int, seconds: float, memory: int) -> NoReturn:
    with suppress(BaseException):
        _bound(seconds, memory)
        os.write(target, _answer(work).encode())
    os._exit(0)


def _answer(work: Callable[[], str]) -> str:
    try:
        return work()
    except BaseException as error:  # noqa: BLE001 - whatever it was is the answer
        return type(error).__name__


def _bound(seconds: float, memory: int) -> None:
    sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - closed by the end of the process
    here = int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (here + memory, here + memory))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
