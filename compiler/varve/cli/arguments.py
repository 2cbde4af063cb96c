"""The arguments of a command as one value, if they are too many for parameters of one function."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
T = TypeVar("T")


def gathered(gather: Callable[_P, T], run: Callable[[T], None]) -> Callable[_P, None]:
    """A callback for a command, which combines its arguments to one value with `gather`, and passes that to `run`."""

    def callback(*words: _P.args, **named: _P.kwargs) -> None:
        run(gather(*words, **named))

    return callback
