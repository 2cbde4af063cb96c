"""Grafana's variables in a query: replaced while it is read as PromQL, and restored exactly."""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from varve.language import promql
from varve.language.fault import Fault, quote
from varve.language.promql.reading import LONGEST

Free: TypeAlias = Literal["name", "number"]
"""What a variable counts as at a place where both a name and a number are valid."""

READINGS: Final[tuple[Free, ...]] = ("name", "number")
"""The two ways to read a query, the more frequent one first."""

Kind: TypeAlias = Literal["name", "label", "number", "duration", "string", "comment"]
"""The kind of a variable's place: a label is one of a list of names; in a string or a comment it is a part of it."""

_VARIABLE: Final = (
    r"\$(?P<plain>[A-Za-z_]\w*)"
    r"|\$\{(?P<braced>[A-Za-z_]\w*)(?:\.(?P<field>[^:}\n]{1,200}))?(?::(?P<form>[^}\n]{1,200}))?\}"
    r"|\[\[(?P<old>[A-Za-z_]\w*)(?::(?P<oldform>\w+))?\]\]"
)
# Grafana does not parse strings: a format that contains a quote would extend past the end of one.
_UNSAFE_FORMAT: Final = re.compile(
    r"\$\{\w++(?!(?:\.[\w.]{1,200})?(?::[\w:,. /+-]{1,200})?\})[.:][^}\n]{0,40}", re.ASCII
)
_REFERENCE: Final = re.compile(_VARIABLE, re.ASCII)
# An unclosed string counts as one, because trying again from each of its quotes could take hours for a long text.
_PIECE: Final = re.compile(
    rf""" (?P<string>"(?:[^"\\]|\\.|)*+"?|'(?:[^'\\]|\\.|)*+'?|`[^`]*+`?) | (?P<comment>\#[^\n]*+)
      | (?P<variable>{_VARIABLE}) | (?P<bracket>[\[\](){{}}]) """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_NAME_CHARACTER: Final = re.compile(r"[A-Za-z0-9_:]", re.ASCII)
_AFTER_NAME: Final = re.compile(r"\s*+[\[{(]")
_OFFSET: Final = re.compile(r"\boffset\s++(?:-\s*+)?\Z", re.IGNORECASE)
_BEFORE_LIST: Final = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*+\Z", re.IGNORECASE)
_LIST: Final = "by"
_LOOK_BEHIND: Final = 40
_UNIT: Final = re.compile(r"[a-z]*+")
_LETTERS: Final = str.maketrans("0123456789", "abcdefghij")

GLOBAL: Final = frozenset(
    {
        "__dashboard",
        "__from",
        "__interval",
        "__interval_ms",
        "__name",
        "__org",
        "__range",
        "__range_ms",
        "__range_s",
        "__rate_interval",
        "__timezone",
        "__to",
        "__user",
    }
)
"""The variables that every dashboard has."""

_DURATIONS: Final = frozenset({"__interval", "__range", "__rate_interval"})
_NUMBERS: Final = frozenset({"__from", "__interval_ms", "__range_ms", "__range_s", "__to"})


class Use(NamedTuple):
    """A variable at one place of a query: its name, the requested field and format, and the kind of the place."""

    name: str
    field: str
    form: str
    kind: Kind


class Substituted(NamedTuple):
    """A query with stand-ins for its variables; `places` are the stand-ins, which occur once each, with the originals.

    `uses` includes those in comments, where the variables stay.
    """

    text: str
    places: tuple[tuple[str, str], ...]
    uses: frozenset[Use] = frozenset()


class Scoped(NamedTuple):
    """A query that is scoped to one tenant, provided that the values of its variables fit their places."""

    text: str
    uses: frozenset[Use]


def variables(text: str) -> Iterator[str]:
    """The names of the variables in any text; `$1`, which belongs to regular expressions, is not one."""
    return (_name(found) for found in _REFERENCE.finditer(text))


def uses(text: str, kind: Kind) -> frozenset[Use]:
    """The uses of variables in a text that is no query, each with this kind."""
    return frozenset(_use(found, kind) for found in _REFERENCE.finditer(text))


def substitute(text: str, free: Free = "name", numbers: frozenset[str] = frozenset()) -> Substituted:
    """The query with a stand-in for each variable, of the kind that PromQL requires at its place.

    In brackets and after `offset` that is a duration, which includes a unit that follows; in strings and next to
    letters it is a part of a name. Where both a name and a number are valid, it is a number for the variables in
    `numbers`, and of the kind `free` for all others.
    """
    return _Substitution(text, free, numbers).whole()


def restore(text: str, places: tuple[tuple[str, str], ...]) -> str | None:
    """The text with the variables restored; None if a stand-in does not occur exactly once."""
    if any(text.count(stand_in) != 1 for stand_in, _ in places):
        return None
    for stand_in, original in places:
        text = text.replace(stand_in, original)
    return text


def read(text: str, numbers: frozenset[str] = frozenset()) -> Substituted | Fault:
    """The query with stand-ins for its variables as valid PromQL, or why neither reading is valid."""
    faults = []
    if len(text) > LONGEST:
        return Fault(f"the query is longer than {LONGEST} characters")
    if unsafe := _UNSAFE_FORMAT.search(text):
        return Fault(f"{quote(unsafe[0])} is not valid syntax for a variable")
    for free in READINGS:
        substituted = substitute(text, free, numbers)
        wrong = promql.fault(substituted.text)
        if wrong is None:
            return substituted
        faults.append(Fault(_shown(wrong.message, substituted.places)))
        if not substituted.places:
            break
    return faults[0]


def fault(text: str) -> Fault | None:
    """Why Prometheus would refuse the query for all values of its variables; None if it can be valid."""
    found = read(text)
    return found if isinstance(found, Fault) else None


def scope(text: str, tenant: str, numbers: frozenset[str] = frozenset()) -> Scoped | Fault:
    """The query scoped to one tenant, with its variables unchanged, or why that is impossible.

    The values of variables are unknown: outside strings, a variable that is not among the `numbers` counts as the name
    of a metric wherever one is valid.
    """
    substituted = read(text, numbers)
    if isinstance(substituted, Fault):
        return substituted
    scoped = promql.scope(substituted.text, tenant)
    if isinstance(scoped, Fault):
        return Fault(_shown(scoped.message, substituted.places))
    restored = restore(scoped, substituted.places)
    if restored is None:
        return Fault("the query cannot be confined to one tenant")
    if len(restored) > LONGEST:
        return Fault(f"the query, confined to one tenant, is longer than {LONGEST} characters")
    return Scoped(restored, substituted.uses)


def _shown(message: str, places: tuple[tuple[str, str], ...]) -> str:
    for stand_in, original in places:
        message = message.replace(stand_in, original)
    return message


def _name(found: re.Match[str]) -> str:
    return found["plain"] or found["braced"] or found["old"]


def _use(found: re.Match[str], kind: Kind) -> Use:
    return Use(_name(found), found["field"] or "", found["form"] or found["oldform"] or "", kind)


class _Substitution:
    """One pass over a query, which tracks the open brackets."""

    __slots__ = ("digits", "free", "numbers", "places", "stem", "text", "uses")

    def __init__(self, text: str, free: Free, numbers: frozenset[str]) -> None:
        self.text, self.free, self.numbers = text, free, numbers
        self.places: list[tuple[str, str]] = []
        self.uses: set[Use] = set()
        self.stem, self.digits = "Grafana", 700
        while self.stem in text:
            self.stem += "Q"
        while str(self.digits) in text:
            self.digits += 1

    def whole(self) -> Substituted:
        pieces, end, opened = [], 0, [""]
        for found in _PIECE.finditer(self.text):
            if found.start() < end:
                continue
            pieces.append(self.text[end : found.start()])
            end = found.end()
            if found["variable"]:
                end = self._end(found, opened[-1])
                pieces.append(self._stand_in(found, end, opened[-1]))
            elif found["string"]:
                pieces.append(_REFERENCE.sub(self._in_string, found[0]))
            else:
                pieces.append(found[0])
                self.uses |= uses(found["comment"] or "", "comment")
                self._open(found, opened)
        return Substituted("".join([*pieces, self.text[end:]]), tuple(self.places), frozenset(self.uses))

    def _in_string(self, found: re.Match[str]) -> str:
        self.uses.add(_use(found, "string"))
        return self._put(found[0], "name")

    def _end(self, found: re.Match[str], inside: str) -> int:
        """The end of the variable, including a unit after it if its place requires a duration."""
        unit = _UNIT.match(self.text, found.end()) if self._is_duration(found, inside) else None
        return unit.end() if unit else found.end()

    def _is_duration(self, found: re.Match[str], inside: str) -> bool:
        return (
            inside == "[" or _OFFSET.search(self.text, max(0, found.start() - _LOOK_BEHIND), found.start()) is not None
        )

    def _stand_in(self, found: re.Match[str], end: int, inside: str) -> str:
        kind = self._kind(found, end, inside)
        self.uses.add(_use(found, kind))
        return self._put(self.text[found.start() : end], kind)

    def _kind(self, found: re.Match[str], end: int, inside: str) -> Kind:
        name = _name(found)
        neighbours = self.text[found.start() - 1 : found.start()] + self.text[end : end + 1]
        if self._is_duration(found, inside) or name in _DURATIONS:
            return "duration"
        if inside == _LIST:
            return "label"
        if name in _NUMBERS:
            return "number"
        is_name = inside == "{" or _NAME_CHARACTER.search(neighbours) or _AFTER_NAME.match(self.text, end)
        return "name" if is_name else "number" if name in self.numbers else self.free

    def _put(self, original: str, kind: Kind) -> str:
        index = f"{len(self.places):04}"
        name, number = f"{self.stem}{index.translate(_LETTERS)}Z", f"{self.digits}{index}"
        stand_in = {"number": number, "duration": f"{number}ms"}.get(kind, name)
        self.places.append((stand_in, original))
        return stand_in

    def _open(self, found: re.Match[str], opened: list[str]) -> None:
        bracket = found["bracket"]
        if bracket and bracket in "[({":
            before = self.text[max(0, found.start() - _LOOK_BEHIND) : found.start()]
            opened.append(_LIST if bracket == "(" and _BEFORE_LIST.search(before) else bracket)
        elif bracket and len(opened) > 1:
            opened.pop()
