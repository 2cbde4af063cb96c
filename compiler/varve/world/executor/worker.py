"""What a worker of a cluster does: it compiles parts of a commit, which it reads from a clone of its own."""

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
from varve.pipeline.part import Part, elsewhere
from varve.world.executor.delegated import Request, files_of, fingerprint, python
from varve.world.git import repository
from varve.world.package import digest

CLONE: Final = "VARVE_CLONE"
"""Names the folder of the clone; else it is the working directory."""

_ALONE: Final = Lock()
"""What units share is made for one thread; several would not be faster."""


class _Unfit(Exception):  # noqa: N818 - what happened
    """Why a worker cannot do what is asked of it."""


async def trouble(asked: tuple[str | None, ...]) -> str:
    """Why this worker cannot do what a request asks for, in a clause about it; empty where it can.

    Whoever else speaks with the worker need not wait for it.
    """
    import asyncio

    return await asyncio.to_thread(_trouble, asked)


def _trouble(asked: tuple[str | None, ...]) -> str:
    try:
        _ready(Request(*asked))  # type: ignore[arg-type]
    except _Unfit as unfit:
        return str(unfit)
    return ""


def compiled(asked: tuple[str | None, ...], parts: Sequence[Part]) -> list[list[Outcome]] | str:
    """What becomes of the units of parts, in their order; or why this worker cannot tell."""
    try:
        work = _ready(Request(*asked))  # type: ignore[arg-type]
    except _Unfit as unfit:
        return str(unfit)
    with _ALONE:
        return [work(each) for each in parts]


def _ready(request: Request) -> Callable[[Part], list[Outcome]]:
    if request.compiler != digest.compiler():
        raise _Unfit("has a different varve, or different libraries")
    if request.python != python():
        raise _Unfit(f"runs Python {python()} instead of {request.python}")
    with _ALONE:
        return opened(request)


@lru_cache(maxsize=2)
def opened(request: Request) -> Callable[[Part], list[Outcome]]:
    """The commit of a request, opened once for all of its parts; whoever compares two commits goes to and fro."""
    said = Report()
    clone = repository.find(Path(os.environ.get(CLONE) or "."), said)
    files = files_of(clone, request.commit, request.base, said) if clone else None
    if files is None:
        raise _Unfit(f"cannot read the commit: {list(said)[-1].message}")
    if fingerprint(files) != request.files:
        raise _Unfit("finds different files in the commit")
    order = Order(Selection(request.environment, request.tenant), files.judges)
    found = elsewhere(files.sources, order)
    if found is None:
        raise _Unfit("cannot open the commit")
    return found
