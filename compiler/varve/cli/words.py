"""The words of a command line as one value, where they are more than one function should take."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
T = TypeVar("T")


def gathered(asked: Callable[_P, T], answer: Callable[[T], None]) -> Callable[_P, None]:
    """What a command calls with its words: it gathers them as `asked` does, and answers that."""

    def answered(*words: _P.args, **named: _P.kwargs) -> None:
        answer(asked(*words, **named))

    return answered
