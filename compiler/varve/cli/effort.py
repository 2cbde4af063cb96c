"""The options that say how commands compile: `--jobs`, `--no-cache`, `--since` and `--executor`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

import click

from varve.cli.progress import keep

if TYPE_CHECKING:
    from varve.api.effort import Effort
    from varve.model.progress import Observer

_Command = TypeVar("_Command", bound=Callable[..., object])

_JOBS: Final = "varve.jobs"
_NO_CACHE: Final = "varve.no-cache"
_SINCE: Final = "varve.since"
_EXECUTOR: Final = "varve.executor"
_MOST: Final = 256


def options(command: _Command) -> _Command:
    """Add `--jobs` and `--no-cache`, which `effort` reads, to a command."""
    jobs = click.option(
        "--jobs",
        metavar="N",
        type=click.IntRange(1, _MOST),
        expose_value=False,
        callback=keep(_JOBS),
        help="Compile in this many processes; by default as many as there are processors.",
    )
    no_cache = click.option(
        "--no-cache",
        is_flag=True,
        expose_value=False,
        callback=keep(_NO_CACHE),
        help="Neither use nor keep results of earlier builds.",
    )
    return jobs(no_cache(command))


def since(command: _Command) -> _Command:
    """Add `--since`, which `effort` reads, to a command."""
    return click.option(
        "--since",
        metavar="REV",
        allow_from_autoenv=False,  # an empty variable would name an unintended commit
        expose_value=False,
        callback=keep(_SINCE),
        help="Look only at what differs from this commit, which was checked.",
    )(command)


def executor(command: _Command) -> _Command:
    """Add `--executor`, which `effort` reads, to a command."""
    return click.option(
        "--executor",
        metavar="ADDRESS",
        expose_value=False,
        callback=keep(_EXECUTOR),
        help="Compile on the workers of this Dask scheduler.",
    )(command)


def effort(observer: "Observer") -> "Effort":
    """The effort that the options of the running command ask for; `observer` receives its progress."""
    from varve.api.effort import Effort
    from varve.world.machine.processors import processors

    chosen = click.get_current_context().meta
    jobs, cached = chosen.get(_JOBS) or processors(), not chosen.get(_NO_CACHE)
    return Effort(jobs, cached, observer, chosen.get(_SINCE), chosen.get(_EXECUTOR))
