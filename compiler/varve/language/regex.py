"""Regular expressions as Prometheus and Alertmanager read them: RE2, within the limits that Go adds."""

import re
from functools import lru_cache
from typing import Any, Final

from varve.language import fault as faults

_LONGEST: Final = 8192
_MEMORY: Final = 1 << 18  # bytes; bounds the time that a pattern such as `\\pL{1000}` may take, to some milliseconds
_DEEPEST: Final = 900  # Go stops at 1000 levels of the tree, where a group may take two

# What the C++ library admits and Go does not, or only a young one that not every Prometheus was built with; told apart
# from the same characters escaped, quoted or in a class.
_FOREIGN: Final = re.compile(
    r"""\\Q.*?\\E
      | (?P<quote> \\Q )
      | (?P<escape> \\C )
      | \\.
      | \[\^?+\]?+ (?:\\. | \[:\^?+[a-z]++:\] | [^\]\\])*+ (?:\]|\Z)
      | (?P<repeat> \{[0-9]{5,}+(?:,[0-9]*+)?+\} )
      | (?P<name> \(\?P?+<[\x00-=?-\x7f]*+[^\x00-\x7f][^>]*+> )
      | (?P<young> \(\?<(?![=!]) )""",
    re.VERBOSE | re.DOTALL,
)
_META: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_FOREIGN_MESSAGES: Final = {
    "quote": "quoted text without an end",
    "escape": "invalid escape sequence",
    "repeat": "invalid repetition size",
    "name": "invalid name of a group",
    "young": "a named group begins with `(?P<`",
}


def fault(pattern: str) -> str | None:
    """Why Prometheus would refuse `pattern`: a phrase without a full stop, or None."""
    return _limit(pattern) or _foreign(pattern) or _refusal(pattern)


def quote(text: str) -> str:
    """The regular expression that matches `text` and nothing else."""
    return _META.sub(r"\\\g<0>", text)


def matches_empty(pattern: str) -> bool:
    """Whether `pattern`, which has no fault, matches the empty string when it is anchored at both ends."""
    return _compile(pattern).fullmatch("") is not None


def matches(pattern: str, text: str) -> bool:
    """Whether `pattern`, which has no fault, matches the whole of `text` as Alertmanager anchors it."""
    return _remembered(f"^(?:{pattern})$").search(text) is not None


@lru_cache(maxsize=4096)
def _remembered(pattern: str) -> Any:  # noqa: ANN401  # re2 has no types
    return _compile(pattern)


def finds(pattern: str, text: str) -> bool:
    """Whether `pattern`, which has no fault, matches somewhere in `text`, in a time that grows as the text does."""
    return _remembered(pattern).search(text) is not None


def _limit(pattern: str) -> str | None:
    if len(pattern) > _LONGEST:
        return f"it is longer than {_LONGEST} characters"
    if pattern.count("(") > _DEEPEST:
        return f"it has more than {_DEEPEST} groups"
    said = faults.surrogate(pattern)
    return said.message if said else None


def _foreign(pattern: str) -> str | None:
    for found in _FOREIGN.finditer(pattern):
        if found.lastgroup:
            return f"{_FOREIGN_MESSAGES[found.lastgroup]}: {faults.quote(found[0])}"
    return None


def _refusal(pattern: str) -> str | None:
    import re2

    try:
        _compile(pattern)
    except re2.error as error:
        what, _, where = error.args[0].decode(errors="replace").partition(": ")
        return f"{what}: {faults.quote(where)}" if where else str(what)
    return None


def _compile(pattern: str) -> Any:  # noqa: ANN401  # re2 has no types
    import re2

    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False  # it would write to stderr
    return re2.compile(pattern, options)
