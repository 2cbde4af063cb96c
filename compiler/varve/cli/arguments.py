"""The arguments of a command: as one value, if they are too many for parameters, and those that it does not take."""

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

import click

_P = ParamSpec("_P")
T = TypeVar("T")

EXTRA: Final = {"allow_extra_args": True}
"""The context settings of a command that calls `refuse_extra`."""


def gathered(gather: Callable[_P, T], run: Callable[[T], None]) -> Callable[_P, None]:
    """A callback for a command, which combines its arguments to one value with `gather`, and passes that to `run`."""

    def callback(*words: _P.args, **named: _P.kwargs) -> None:
        run(gather(*words, **named))

    return callback


def refuse_extra() -> None:
    """End a command that selects by `-e` and `-t` if a name was given without either."""
    for name in click.get_current_context().args[:1]:
        raise click.UsageError(
            f"unexpected argument `{name}`: use `-e {name}` for an environment, `-t {name}` for a tenant"
        )
