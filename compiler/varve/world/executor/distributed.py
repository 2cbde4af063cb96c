"""Compiles units on the workers of a Dask cluster: the one door to the library, which is an extra and imported late.

Only ids, digests and names are sent to a worker, and plain data comes back.
"""

import logging
import re
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from varve.model.diagnostic import Diagnostic, Note, Rule
from varve.pipeline.means import Compiling
from varve.pipeline.outcome import Outcome
from varve.pipeline.part import Part
from varve.world.executor import worker
from varve.world.executor.delegated import Request
from varve.world.executor.fork import WORKER_LOST, NotCompiled
from varve.world.git.listing import shown

NO_EXECUTOR = Rule(
    "world/no-executor",
    "There is no cluster to compile on",
    "`--executor` names the scheduler of a Dask cluster, as `dask://host:8786`, or `tls://host:8786` with the keys "
    "that Dask is configured for. It needs the library (`varve[dask]`), a scheduler that answers, and at least one "
    "worker. Nothing was compiled. Without `--executor`, this machine compiles.",
)
UNFIT_WORKER = Rule(
    "world/unfit-worker",
    "A worker differs from this machine",
    "Every worker needs the very same varve with the same libraries, the same Python, and a clone that holds the "
    "commit, in its working directory or where its variable `VARVE_CLONE` says. Workers never fetch anything by "
    "themselves. A worker that differs is not used, because it might compile something else.",
)

_ADDRESS: Final = re.compile(r"(dask|tls)://((?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5})")
_SCHEMES: Final = {"dask": "tcp", "tls": "tls"}
_ANSWER_SECONDS: Final = 5.0
"""How many seconds the scheduler may take to answer."""
_EXAMINATION_SECONDS: Final = 60.0
"""How many seconds workers may take to examine their clones."""
_TRANSFER_SECONDS: Final = 20.0
"""How many seconds a worker may take to transfer its results."""
_TRIES: Final = 3
_POLL_SECONDS: Final = 1.0
"""After how many seconds without a result it is checked whether the cluster is still there."""
_NO_WORKER_SECONDS: Final = 15.0
"""How many seconds there may be no worker at all; one that is restarted is back by then."""
_LOGGERS: Final = ("distributed", "tornado")
_LONGEST: Final = 300
_SHARES: Final = 8
_MOST: Final = 16
_AHEAD: Final = 3
"""How many shares are submitted for each thread ahead, so that no worker is idle and few results wait in memory."""


def clustered(address: str, request: Request) -> Compiling:
    """A function that compiles parts on the cluster of the scheduler at `address`, as `request` says.

    Raises `NotCompiled` if that is no address; the function raises it if the scheduler or workers are missing, unfit or
    lost. An exception in a worker is raised here.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None:
        hint = "write it like `dask://host:8786` or `tls://host:8786`"
        raise NotCompiled(Diagnostic(NO_EXECUTOR, f"`{shown(address)}` is not the address of a scheduler", hint=hint))
    place = f"{_SCHEMES[match[1]]}://{match[2]}"

    def compile_parts(_: Callable[[Part], list[Outcome]], parts: Sequence[Part]) -> Iterator[list[Outcome]]:
        if parts:
            with _connected(place) as client:
                yield from _Cluster(client, request).done(parts)

    return compile_parts


@contextmanager
def _connected(place: str) -> Iterator[Any]:
    """A client of the scheduler at `place`, an address as the library writes it."""
    try:
        from distributed import Client
    except ModuleNotFoundError:
        hint = "install varve with its extra `dask`, or build without `--executor`"
        raise NotCompiled(Diagnostic(NO_EXECUTOR, "the library `distributed` is missing", hint=hint)) from None
    connect: Callable[..., Any] = Client
    with _quiet():
        try:
            client = connect(place, timeout=_ANSWER_SECONDS, set_as_default=False)
        except (OSError, RuntimeError, TypeError, ValueError):
            # For a missing or wrong TLS key, the library raises `TypeError` or `ValueError`.
            hint = "check that it runs there, and which keys Dask is configured with"
            raise NotCompiled(Diagnostic(NO_EXECUTOR, f"no scheduler answers at `{place}`", hint=hint)) from None
        # A lost connection becomes a diagnostic; the event loop would print it once more.
        client.loop.asyncio_loop.set_exception_handler(lambda *_: None)
        try:
            yield client
        finally:
            with suppress(OSError, RuntimeError, CancelledError):
                client.close(timeout=_ANSWER_SECONDS)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the library's warnings and logs, because every failure becomes a diagnostic."""
    loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict if name.split(".")[0] in _LOGGERS]
    before = [each.disabled for each in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for each in loggers:
            each.disabled = True
        try:
            yield
        finally:
            for each, disabled in zip(loggers, before, strict=True):
                each.disabled = disabled


@dataclass(frozen=True, slots=True)
class _Cluster:
    """The workers of a scheduler, through its client, and the request that they get."""

    client: Any
    request: Request

    def done(self, parts: Sequence[Part]) -> Iterator[list[Outcome]]:
        """The outcomes of the units of each part, in the order of the parts."""
        threads = self._threads()
        self._refuse_unfit()
        size = max(1, min(_MOST, len(parts) // (threads * _SHARES)))
        waiting: deque[Any] = deque()
        for start in range(0, len(parts), size):
            if len(waiting) > threads * _AHEAD:
                yield from self._result(waiting.popleft())
            # Arguments are bound here, because the library would search those of `submit` for futures.
            work = partial(worker.compiled, tuple(self.request), parts[start : start + size])
            waiting.append(self._answer_of(partial(self.client.submit, work, pure=False)))
        while waiting:
            yield from self._result(waiting.popleft())

    def _threads(self) -> int:
        workers = self._workers()
        if not workers:
            hint = "start some with `dask worker`, each beside a clone of the repository"
            raise NotCompiled(Diagnostic(NO_EXECUTOR, "the scheduler has no workers", hint=hint))
        return sum(each["nthreads"] for each in workers.values())

    def _workers(self) -> dict[str, dict[str, Any]]:
        found = self._answer_of(
            partial(self.client.sync, self.client.scheduler.identity, callback_timeout=_ANSWER_SECONDS)
        )
        workers: dict[str, dict[str, Any]] = found["workers"]
        return workers

    def _answer_of(self, ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - any answer of the library
        """The scheduler's answer; raises `NotCompiled` if it does not give one."""
        try:
            return ask()
        except Exception:  # noqa: BLE001 - the library raises many kinds of exceptions for a lost scheduler
            raise _lost("the scheduler no longer answers") from None

    def _refuse_unfit(self) -> None:
        """Ask every worker whether it can do the work; raises `NotCompiled` for those that cannot."""
        examine = partial(self.client.run, worker.trouble, tuple(self.request), on_error="return")
        try:
            found: dict[str, object] = self.client.sync(examine, callback_timeout=_EXAMINATION_SECONDS)
        except (OSError, CancelledError, RuntimeError):
            raise _lost("the workers do not answer") from None
        names = {address: each["name"] for address, each in self._workers().items()}
        unfit = sorted((str(names.get(address, address)), _why(each)) for address, each in found.items() if each != "")
        if unfit:
            raise NotCompiled(_unfit(unfit))

    def _result(self, future: Any) -> list[list[Outcome]]:  # noqa: ANN401 - the library's type
        """Wait for the result of a share as long as the cluster is there."""
        seen, refused = time.monotonic(), 0
        while (answer := self._poll(future)) is None:
            refused += future.done()
            if refused > _TRIES:
                raise _lost("a worker does not return its results")
            if self._workers():
                seen = time.monotonic()
            elif time.monotonic() - seen > _NO_WORKER_SECONDS:
                raise _lost("no worker is left")
        if isinstance(answer, str):
            # This worker joined after the others were asked, or its clone has changed.
            self._refuse_unfit()
            raise NotCompiled(_unfit([("a worker", answer)]))
        return answer

    def _poll(self, future: Any) -> list[list[Outcome]] | str | None:  # noqa: ANN401 - the library's type
        """The result of a share, None if there is none yet; the scheduler repeats work that was lost with a worker."""
        from distributed import KilledWorker

        killed: type[Exception] = KilledWorker
        try:
            future.exception(timeout=_POLL_SECONDS)
            answer: list[list[Outcome]] | str = future.result(timeout=_TRANSFER_SECONDS)
        except TimeoutError:
            return None
        except killed:
            raise _lost("a worker that compiled units was killed, and so was each replacement") from None
        except CancelledError:
            raise _lost("the scheduler no longer answers") from None
        return answer


def _why(answer: object) -> str:
    return answer[:_LONGEST] if isinstance(answer, str) else f"cannot be queried ({type(answer).__name__})"


def _unfit(unfit: Sequence[tuple[str, str]]) -> Diagnostic:
    (name, why), *others = unfit
    notes = tuple(Note(f"`{shown(each)}` {shown(reason)}") for each, reason in others)
    hint = "give every worker this varve, this Python, and a clone that holds the commit"
    return Diagnostic(UNFIT_WORKER, f"the worker `{shown(name)}` {shown(why)}", notes=notes, hint=hint)


def _lost(message: str) -> NotCompiled:
    return NotCompiled(Diagnostic(WORKER_LOST, message, hint="check the cluster, or build without `--executor`"))
