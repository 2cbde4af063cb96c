"""The functions that policies have beside CEL's own, or in their place: of texts, in a time that grows as these do."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Literal, NamedTuple, NoReturn, TypeAlias
from urllib.parse import urlsplit

from varve.language import fault, regex
from varve.language.time import duration

Gives: TypeAlias = Literal["STRING", "DOUBLE", "BOOL"]

_LONGEST: Final = 100_000
_LONGEST_MADE: Final = 10_000  # what is made of a text is kept until the question is answered, maybe 10 000 times
_NUMBER: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,9}")


class Function(NamedTuple):
    """What a function does to how many texts, and the type of what it gives, by CEL's name.

    It raises `ValueError` where it has no answer. `name` is how the library knows it: a function that is there instead
    of one of CEL's own has another name of the same length, and can be called on its first text too.
    """

    name: str
    call: Callable[..., str | float | bool]
    takes: int
    gives: Gives


def _lower(text: str) -> str:
    return _bounded(text, _LONGEST_MADE).lower()


def _host(url: str) -> str:
    """The host that a URL names, in lower case; nothing where it names none."""
    try:
        return urlsplit(_bounded(url, _LONGEST_MADE)).hostname or ""
    except ValueError:
        return ""


def _scheme(url: str) -> str:
    """The scheme of a URL, in lower case; nothing where it has none."""
    try:
        return urlsplit(_bounded(url, _LONGEST_MADE)).scheme
    except ValueError:
        return ""


def _seconds(text: str) -> float:
    """How long a duration lasts, as Prometheus writes durations."""
    length = duration.milliseconds(text)
    if length is None:
        return _refuse(f"{fault.quote(text)} is not a duration")
    return length / 1000


def _is_older(left: str, right: str) -> bool:
    """Whether a version comes before another, number by number: `1.9` before `1.10`, and `1.2` is `1.2.0`."""
    mine, other = _version(left), _version(right)
    longest = max(len(mine), len(other))
    return (*mine, *[0] * (longest - len(mine))) < (*other, *[0] * (longest - len(other)))


def _version(text: str) -> tuple[int, ...]:
    """The numbers of a version, without a `v` before them and without what names a build or an early release."""
    numbers = re.split("[-+]", text.removeprefix("v"), maxsplit=1)[0]
    if not _NUMBER.fullmatch(numbers):
        return _refuse(f"{fault.quote(text)} is not a version")
    return tuple(map(int, numbers.split(".")))


def _matches(text: str, pattern: str) -> bool:
    """Whether a pattern is found in a text; the library's own compiles it anew each time, for up to 0.3 s."""
    if refused := bad_pattern(pattern):
        return _refuse(f"{fault.quote(pattern)} is not a valid regular expression: {refused}")
    return regex.finds(pattern, _bounded(text, _LONGEST))


@lru_cache(maxsize=1024)
def bad_pattern(pattern: str) -> str | None:
    """Why a text is no regular expression that policies may have, or None."""
    return regex.fault(pattern)


def _contains(text: str, part: str) -> bool:
    """Whether a text holds another; the library's own takes the product of their lengths."""
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
"""The functions by the name that policies know."""

INSTEAD: Final = {name: each.name for name, each in FUNCTIONS.items() if each.name != name}
"""Those that are there instead of CEL's own, by its name for them: how the library knows them."""
