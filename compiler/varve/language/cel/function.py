"""The functions that policies have in addition to CEL's, or instead of them: of texts, and in linear time."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Literal, NamedTuple, NoReturn, TypeAlias
from urllib.parse import urlsplit

from varve.language import fault, regex
from varve.language.time import duration

ReturnType: TypeAlias = Literal["STRING", "DOUBLE", "BOOL"]

_LONGEST: Final = 100_000
_LONGEST_MADE: Final = 10_000  # results are kept until the question is answered, and there may be 10,000
_NUMBERS: Final = r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,9}"


class Function(NamedTuple):
    """A function, the number of texts that it takes, and CEL's name for the type of its result.

    It raises `ValueError` for invalid arguments. `name` is its name in the library: a function that replaces one of
    CEL's own has another name of the same length, and can also be called as a method of its first text.
    """

    name: str
    call: Callable[..., str | float | bool]
    takes: int
    returns: ReturnType


def _lower(text: str) -> str:
    return _bounded(text, _LONGEST_MADE).lower()


def _host(url: str) -> str:
    """The host of a URL in lower case, or an empty text if it has none."""
    try:
        return urlsplit(_bounded(url, _LONGEST_MADE)).hostname or ""
    except ValueError:
        return ""


def _scheme(url: str) -> str:
    """The scheme of a URL in lower case, or an empty text if it has none."""
    try:
        return urlsplit(_bounded(url, _LONGEST_MADE)).scheme
    except ValueError:
        return ""


def _seconds(text: str) -> float:
    """The seconds of a duration in Prometheus's notation."""
    length = duration.milliseconds(text)
    if length is None:
        return _refuse(f"{fault.quote(text)} is not a duration")
    return length / 1000


def _is_older(left: str, right: str) -> bool:
    """Whether a version is older than another, number by number: `1.9` is older than `1.10`, and `1.2` is `1.2.0`."""
    first, second = _version(left), _version(right)
    longest = max(len(first), len(second))
    return (*first, *[0] * (longest - len(first))) < (*second, *[0] * (longest - len(second)))


def _version(text: str) -> tuple[int, ...]:
    """The numbers of a version, without the prefix `v`, build metadata and pre-release."""
    numbers = re.split("[-+]", text.removeprefix("v"), maxsplit=1)[0]
    if not re.fullmatch(_NUMBERS, numbers):
        return _refuse(f"{fault.quote(text)} is not a version")
    return tuple(map(int, numbers.split(".")))


def _matches(text: str, pattern: str) -> bool:
    """Whether a pattern matches in a text; the library's own function compiles it each time, which can take 0.3 s."""
    if refused := bad_pattern(pattern):
        return _refuse(f"{fault.quote(pattern)} is not a valid regular expression: {refused}")
    return regex.finds(pattern, _bounded(text, _LONGEST))


@lru_cache(maxsize=1024)
def bad_pattern(pattern: str) -> str | None:
    """Why a text is not a regular expression that policies may use, or None."""
    return regex.fault(pattern)


def _contains(text: str, part: str) -> bool:
    """Whether a text contains another; the library's own function takes time proportional to both lengths."""
    return _bounded(part, _LONGEST) in _bounded(text, _LONGEST)


def _bounded(text: str, longest: int) -> str:
    return text if len(text) <= longest else _refuse(f"a text is longer than {longest} characters")


def _refuse(message: str) -> NoReturn:
    raise ValueError(message)


FUNCTIONS: Final = {
    "lower": Function("lower", _lower, 1, "STRING"),
    "host": Function("host", _host, 1, "STRING"),
    "scheme": Function("scheme", _scheme, 1, "STRING"),
    "seconds": Function("seconds", _seconds, 1, "DOUBLE"),
    "older": Function("older", _is_older, 2, "BOOL"),
    "matches": Function("_match_", _matches, 2, "BOOL"),
    "contains": Function("_within_", _contains, 2, "BOOL"),
}
"""The functions by their names in policies."""

INSTEAD: Final = {name: each.name for name, each in FUNCTIONS.items() if each.name != name}
"""The functions that replace CEL's own: CEL's name, and the name in the library."""
