"""The work of a cluster's worker: it compiles parts of a commit, which it reads from its own clone."""

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final

from varve.model.diagnostic import Report
from varve.model.unit import Selection
from varve.pipeline.opening import Order
from varve.pipeline.outcome import Outcome
from varve.pipeline.part import Part, part_compiler
from varve.world.executor.delegated import Request, files_of, fingerprint, python
from varve.world.git import repository
from varve.world.package import digest

CLONE: Final = "VARVE_CLONE"
"""The variable that names the folder of the clone; without it, that is the working directory."""

_LOCK: Final = Lock()
"""Compiling is not thread-safe, because units share what was read; several threads would not be faster anyway."""


class _Unfit(Exception):  # noqa: N818 - named for what happened
    """The worker cannot do the work; the message says why, as the rest of a sentence about it."""


async def trouble(fields: tuple[str | None, ...]) -> str:
    """Why this worker cannot carry out a request, as the rest of a sentence about it; empty if it can.

    It runs in a thread, so that the worker can answer other messages meanwhile.
    """
    import asyncio

    return await asyncio.to_thread(_trouble, fields)


def _trouble(fields: tuple[str | None, ...]) -> str:
    try:
        _prepared(Request(*fields))  # type: ignore[arg-type]
    except _Unfit as unfit:
        return str(unfit)
    return ""


def compiled(fields: tuple[str | None, ...], parts: Sequence[Part]) -> list[list[Outcome]] | str:
    """The outcomes of the units of each part, in order; or why this worker cannot compile them, as from `trouble`."""
    try:
        work = _prepared(Request(*fields))  # type: ignore[arg-type]
    except _Unfit as unfit:
        return str(unfit)
    with _LOCK:
        return [work(each) for each in parts]


def _prepared(request: Request) -> Callable[[Part], list[Outcome]]:
    if request.compiler != digest.compiler():
        raise _Unfit("has a different varve, or different libraries")
    if request.python != python():
        raise _Unfit(f"runs Python {python()} instead of {request.python}")
    with _LOCK:
        return opened(request)


@lru_cache(maxsize=2)
def opened(request: Request) -> Callable[[Part], list[Outcome]]:
    """A function that compiles parts of the commit of a request; two are cached, for comparisons of two commits."""
    diagnostics = Report()
    clone = repository.find(Path(os.environ.get(CLONE) or "."), diagnostics)
    files = files_of(clone, request.commit, request.base, diagnostics) if clone else None
    if files is None:
        raise _Unfit(f"cannot read the commit: {list(diagnostics)[-1].message}")
    if fingerprint(files) != request.files:
        raise _Unfit("finds different files in the commit")
    order = Order(Selection(request.environment, request.tenant), files.judges)
    found = part_compiler(files.sources, order)
    if found is None:
        raise _Unfit("cannot open the commit")
    return found
