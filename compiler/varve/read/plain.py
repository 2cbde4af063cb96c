"""Which plain values are allowed, whatever the format."""

import re
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Final, Literal, NamedTuple, TypeAlias
from unicodedata import is_normalized

from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.source import Keys, Value
from varve.read import decode, invisible
from varve.read.mark import Repeat

DEPTH: Final = 64
"""How many collections may be nested, including the outermost."""

SYNTAX = Rule(
    "read/syntax",
    "A source does not follow the grammar of its format",
    "The extension of a file says its format: .yaml and .yml, .json, .toml, .xml. The parser stopped at the place "
    "shown, so the cause is there or shortly before: a missing quote, bracket or colon, a tab among the indentation, "
    "a value that needs quotes, or a git conflict marker.",
)

DUPLICATE_KEY = Rule(
    "read/duplicate-key",
    "A mapping has the same key twice",
    "Most parsers silently keep the last of the two, so one of the values is lost and nobody notices. Remove one of "
    "them, or rename it. Layers are the way to let one value override another.",
)

TOO_DEEP = Rule(
    "read/too-deep",
    "Values are nested more than 64 deep",
    "No real configuration comes near such a depth; a file that does is broken, or was made to exhaust the parser. "
    "Flatten it.",
)

NOT_FINITE = Rule(
    "read/not-finite",
    "A number is infinite or not a number",
    "Infinities and NaN have no form that YAML, JSON, TOML and the targets all read alike, and a number too large "
    "for 64 bits of floating point would silently become one. Write a finite number, or quote the text if it is "
    "meant as one.",
)

INTEGER_TOO_LARGE = Rule(
    "read/integer-too-large",
    "An integer does not fit into 64 bits",
    "Readers disagree about integers beyond 64 bits: some round them, some turn them into text, some fail. An "
    "identifier made of digits is text: quote it.",
)

NOT_COMPOSED = Rule(
    "read/not-composed",
    "A key is not written in Unicode's composed form",
    "An accented letter can be one character, or a letter followed by an accent: the two look alike but are different "
    "names. Keys are names, so they are written in the composed form (NFC), which nearly every keyboard produces; "
    "what was copied from file names on macOS is often decomposed. Type the key again. Values are kept as they are.",
)

QUOTE: Final = "quote it if it is not meant as a number"
FLATTEN: Final = "flatten it: nothing that varve reads is nested so deep"
TOO_DEEP_MESSAGE: Final = f"values are nested more than {DEPTH} deep"
MEND: Final = "close or quote what is here or just before it"
INTEGER_MESSAGE: Final = "the integer does not fit into 64 bits"

_CONFLICT_SIDE: Final = re.compile(r"^(?:<{7}|\|{7}|>{7})(?:\s|\Z)", re.MULTILINE)
_CONFLICT_SEPARATOR: Final = re.compile(r"^={7}(?:\s|\Z)", re.MULTILINE)
_LARGEST: Final = (1 << 63) - 1
_Wrong: TypeAlias = tuple[Rule, str]


def syntax_hint(text: str, at: int, usual: str) -> str:
    """The hint for a syntax error at `at`: the `usual` one, or a general one if that is empty.

    If a git conflict was left in the text before that position, the hint is to resolve it.
    """
    end = text.find("\n", at) + 1 or len(text)
    # Seven equal signs further above may be the underline of a title.
    near = text.rfind("\n", 0, max(text.rfind("\n", 0, at), 0)) + 1
    left = _CONFLICT_SIDE.search(text, 0, end) or _CONFLICT_SEPARATOR.search(text, near, end)
    return "keep one of the two sides, and remove the conflict markers" if left else usual or MEND


def report_repeats(repeats: Iterable[Repeat], file: str, report: Report) -> None:
    """Report the keys that a mapping contains twice, with the place where each is set first."""
    for repeat in repeats:
        first = Note("first set here", Place(file, span=repeat.first))
        message = f"`{show(repeat.key)}` is set twice in one mapping"
        place = Place(file, on="key", span=repeat.again)
        report.add(DUPLICATE_KEY, message, place, first, hint="remove one of the two")


def show(text: str) -> str:
    """A user's text as a message may show it: on one line, without invisible characters, and not too long."""
    seen = "".join(each if each.isprintable() else " " for each in text[:60])
    return seen if len(text) <= len(seen) else seen + "…"


class Fault(NamedTuple):
    """Something in a value that no source may contain."""

    rule: Rule
    message: str
    keys: Keys
    on: Literal["key", "value"]


class Checks(NamedTuple):
    """What has to be checked: `texts` if they may contain escapes, `names` if they may contain more than ASCII.

    A value without escapes has only characters of the source text, and those have been checked already.
    """

    texts: bool
    names: bool


def faults(value: Value, checks: Checks) -> Iterator[Fault]:
    """The numbers, characters and keys in `value` that no source may contain; `value` is at most `DEPTH` deep."""
    return iter(()) if _sound(value, checks) else _faults(value, ())


def _sound(value: Value, checks: Checks) -> bool:
    if isinstance(value, dict):
        return (not checks.names or _are_valid_names(value)) and _all_sound(value.values(), checks)
    if isinstance(value, list):
        return _all_sound(value, checks)
    return _wrong(value) is None


def _all_sound(values: Iterable[Value], checks: Checks) -> bool:
    for each in values:
        if each.__class__ is str and not checks.texts:
            continue
        if not _sound(each, checks):
            return False
    return True


def _faults(value: Value, keys: Keys) -> Iterator[Fault]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if wrong := _wrong(key) or _invalid_name(key):
                yield Fault(*wrong, (*keys, key), "key")
            yield from _faults(inner, (*keys, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _faults(inner, (*keys, position))
    elif wrong := _wrong(value):
        yield Fault(*wrong, keys, "value")


def _wrong(value: Value) -> _Wrong | None:
    if isinstance(value, str):
        found = None if value.isascii() and value.isprintable() else invisible.find(value)
        return found and (
            decode.rule(found[0]),
            f"an escape produces `{decode.name(found[0])}`, which no text may contain",
        )
    if isinstance(value, float):
        return None if isfinite(value) else (NOT_FINITE, "the number is infinite or not a number")
    if isinstance(value, int) and not -_LARGEST - 1 <= value <= _LARGEST:
        return INTEGER_TOO_LARGE, INTEGER_MESSAGE
    return None


def _invalid_name(key: str) -> _Wrong | None:
    if found := invisible.find_in_name(key):
        return decode.rule(found[0]), f"the key contains `{decode.name(found[0])}`, which no name may contain"
    return None if is_normalized("NFC", key) else (NOT_COMPOSED, f"the key `{show(key)}` is not in NFC")


def _are_valid_names(keys: Iterable[str]) -> bool:
    together = "".join(keys)
    if together.isascii() and together.isprintable():
        return True
    return not any(_wrong(key) or _invalid_name(key) for key in keys)
