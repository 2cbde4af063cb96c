"""Units compiled by the workers of a Dask cluster: the one door to its library, which is an extra and comes late.

Nothing travels to a worker but ids, digests and names; what comes of it comes back as plain data.
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
from varve.world.executor.fork import WORKER_LOST, Undone
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
_ANSWER: Final = 5.0
"""How many seconds a scheduler has for an answer."""
_LOOK: Final = 60.0
"""How many seconds workers have to look at their clones."""
_HAND: Final = 20.0
"""How many seconds a worker has to hand over what it has made."""
_TRIES: Final = 3
_BEAT: Final = 1.0
"""How many seconds nothing may come before somebody looks whether the cluster is still there."""
_ALONE: Final = 15.0
"""How many seconds there may be no worker: one that is started again is back by then."""
_LOUD: Final = ("distributed", "tornado")
_LONGEST: Final = 300
_SHARES: Final = 8
_MOST: Final = 16
_AHEAD: Final = 3
"""How many shares are handed out for each thread, so that no worker waits and little is kept at once."""


def clustered(address: str, request: Request) -> Compiling:
    """Has parts compiled by the cluster of the scheduler at `address`, as a request says.

    `Undone` where that is no address, and on the way where somebody is not there, cannot do it, or is lost. What the
    work raises is raised here.
    """
    named = _ADDRESS.fullmatch(address)
    if named is None:
        hint = "write it like `dask://host:8786` or `tls://host:8786`"
        raise Undone(Diagnostic(NO_EXECUTOR, f"`{shown(address)}` is not the address of a scheduler", hint=hint))
    place = f"{_SCHEMES[named[1]]}://{named[2]}"

    def spread(_: Callable[[Part], list[Outcome]], parts: Sequence[Part]) -> Iterator[list[Outcome]]:
        if parts:
            with _connected(place) as client:
                yield from _Cluster(client, request).done(parts)

    return spread


@contextmanager
def _connected(place: str) -> Iterator[Any]:
    """A client of the scheduler at a place, as the library writes it."""
    try:
        from distributed import Client
    except ModuleNotFoundError:
        hint = "install varve with its extra `dask`, or build without `--executor`"
        raise Undone(Diagnostic(NO_EXECUTOR, "the library `distributed` is missing", hint=hint)) from None
    connect: Callable[..., Any] = Client
    with _quiet():
        try:
            client = connect(place, timeout=_ANSWER, set_as_default=False)
        except (OSError, RuntimeError, TypeError, ValueError):
            # A key that is missing or wrong is a matter of types and values, too.
            hint = "check that it runs there, and which keys Dask is configured with"
            raise Undone(Diagnostic(NO_EXECUTOR, f"no scheduler answers at `{place}`", hint=hint)) from None
        # What is lost on the way is a diagnostic; the loop would write of it once more when nobody listens.
        client.loop.asyncio_loop.set_exception_handler(lambda *_: None)
        try:
            yield client
        finally:
            with suppress(OSError, RuntimeError, CancelledError):
                client.close(timeout=_ANSWER)


@contextmanager
def _quiet() -> Iterator[None]:
    """Whatever goes wrong is said as a diagnostic, and not by the library too."""
    loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict if name.split(".")[0] in _LOUD]
    before = [each.disabled for each in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for each in loggers:
            each.disabled = True
        try:
            yield
        finally:
            for each, was in zip(loggers, before, strict=True):
                each.disabled = was


@dataclass(frozen=True, slots=True)
class _Cluster:
    """The workers of a scheduler, by its client, and what they are asked for."""

    client: Any
    request: Request

    def done(self, parts: Sequence[Part]) -> Iterator[list[Outcome]]:
        """What becomes of the units of parts, in their order."""
        threads = self._threads()
        self._refuse_unfit()
        size = max(1, min(_MOST, len(parts) // (threads * _SHARES)))
        waiting: deque[Any] = deque()
        for start in range(0, len(parts), size):
            if len(waiting) > threads * _AHEAD:
                yield from self._heard(waiting.popleft())
            # The library would look into arguments for results of its own.
            work = partial(worker.compiled, tuple(self.request), parts[start : start + size])
            waiting.append(self._asked(partial(self.client.submit, work, pure=False)))
        while waiting:
            yield from self._heard(waiting.popleft())

    def _threads(self) -> int:
        workers = self._workers()
        if not workers:
            hint = "start some with `dask worker`, each beside a clone of the repository"
            raise Undone(Diagnostic(NO_EXECUTOR, "the scheduler has no workers", hint=hint))
        return sum(each["nthreads"] for each in workers.values())

    def _workers(self) -> dict[str, dict[str, Any]]:
        found = self._asked(partial(self.client.sync, self.client.scheduler.identity, callback_timeout=_ANSWER))
        workers: dict[str, dict[str, Any]] = found["workers"]
        return workers

    def _asked(self, ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the library answers
        """An answer of the scheduler, which may be gone."""
        try:
            return ask()
        except Exception:  # noqa: BLE001 - the library has many ways to say that nobody is there
            raise _lost("the scheduler no longer answers") from None

    def _refuse_unfit(self) -> None:
        """Ask every worker whether it can do the work."""
        look = partial(self.client.run, worker.trouble, tuple(self.request), on_error="return")
        try:
            found: dict[str, object] = self.client.sync(look, callback_timeout=_LOOK)
        except (OSError, CancelledError, RuntimeError):
            raise _lost("the workers do not answer") from None
        names = {address: each["name"] for address, each in self._workers().items()}
        unfit = sorted((str(names.get(address, address)), _why(each)) for address, each in found.items() if each != "")
        if unfit:
            raise Undone(_unfit(unfit))

    def _heard(self, future: Any) -> list[list[Outcome]]:  # noqa: ANN401 - of the library
        """What came of a share, waited for as long as the cluster is there."""
        seen, refused = time.monotonic(), 0
        while (answer := self._given(future)) is None:
            refused += future.done()
            if refused > _TRIES:
                raise _lost("a worker does not return its results")
            if self._workers():
                seen = time.monotonic()
            elif time.monotonic() - seen > _ALONE:
                raise _lost("no worker is left")
        if isinstance(answer, str):
            # It has come since the others were asked, or has lost what it had.
            self._refuse_unfit()
            raise Undone(_unfit([("a worker", answer)]))
        return answer

    def _given(self, future: Any) -> list[list[Outcome]] | str | None:  # noqa: ANN401 - of the library
        """What a worker has answered, if it has; what dies with a worker before it is handed over is done anew."""
        from distributed import KilledWorker

        killed: type[Exception] = KilledWorker
        try:
            future.exception(timeout=_BEAT)
            answer: list[list[Outcome]] | str = future.result(timeout=_HAND)
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


def _lost(message: str) -> Undone:
    return Undone(Diagnostic(WORKER_LOST, message, hint="check the cluster, or build without `--executor`"))
