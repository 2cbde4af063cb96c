"""The parts of their variables that expressions use, so that only these are converted for the library.

Expressions are not parsed, only their tokens are followed: if a use is not understood, all of the value counts as used.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from varve.language.cel import syntax
from varve.language.cel.syntax import LOOPS, Token
from varve.model.source import Value

Cut: TypeAlias = Callable[[Value], Value]
"""Returns the part of a value that is used; an expression that uses only that has the same result with it."""

_HAS: Final = "has"
_SIZE: Final = "size"
_END: Final = Token("sign", "", 0)
_QUOTES: Final = ("'", '"')
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}


@dataclass(slots=True)
class Projection:
    """The part of a value that is used: all of it, or the members `named`.

    `members` is whether the number of members, the keys of a map and the whole items of a list are used. `each` is the
    part of every value in a map or a list that is used. Without any of these, only the presence of the value is tested.
    """

    is_all: bool = False
    members: bool = False
    named: dict[str, "Projection"] = field(default_factory=dict)
    each: "Projection | None" = None

    def below(self, name: str | None) -> "Projection":
        """The projection of the member `name`, or of every member if the name is None."""
        if name is not None:
            return self.named.setdefault(name, Projection())
        self.each = self.each or Projection()
        return self.each


class _Subject(NamedTuple):
    """What a name stands for: a variable, or each member of the value that a loop iterates over."""

    used: Projection
    is_member: bool


@lru_cache(maxsize=512)
def cuts(texts: tuple[str, ...], variables: tuple[str, ...]) -> Mapping[str, Cut]:
    """For each variable that any of the texts uses, the function that cuts its value to what all of them use."""
    return {name: _cut(used) for name, used in _projections(texts, variables).items()}


def _projections(texts: Iterable[str], variables: Collection[str]) -> Mapping[str, Projection]:
    """What valid expressions use, by variable; variables that they do not name are missing."""
    found: dict[str, Projection] = {}
    for text in texts:
        _Walk(syntax.tokens(text), variables, found).follow()
    return found


class _Walk(NamedTuple):
    """A walk over the tokens of one expression, by position; it adds what the expression uses to `found`."""

    words: Sequence[Token]
    variables: Collection[str]
    found: dict[str, Projection]

    def follow(self) -> None:
        """Follow each name that stands for a value.

        `loops` maps the position of a loop's keyword to the projection of what it iterates over. `scopes` are the loops
        around a token: where each ends, its variable, and that projection. `named` are the positions of the variables.
        """
        loops: dict[int, Projection] = {}
        scopes: list[tuple[int, str, Projection | None]] = []
        named = {at + 2 for at in syntax.called(self.words, LOOPS) if self._is_member(at)}
        for at, word in enumerate(self.words):
            while scopes and scopes[-1][0] <= at:
                scopes.pop()
            if word.kind != "name" or at in named:
                continue
            if at + 2 in named:
                scopes.append((self._closing(at + 1), self._word(at + 2).text, loops.get(at)))
            elif not self._is_member(at):
                subject = self._subject(at, scopes)
                if subject:
                    self._chain(at, subject, loops)

    def _subject(self, at: int, scopes: Sequence[tuple[int, str, Projection | None]]) -> _Subject | None:
        """What the name at a position stands for, the innermost loop first; None if it need not be followed."""
        name = _bare(self.words[at].text)
        is_absolute = self._word(at - 1).text == "."
        for _, bound, used in () if is_absolute else reversed(scopes):
            if bound == name:
                return None if used is None else _Subject(used, is_member=True)
        return _Subject(self.found.setdefault(name, Projection()), is_member=False) if name in self.variables else None

    def _chain(self, at: int, subject: _Subject, loops: dict[int, Projection]) -> None:
        """Follow the chain of members that are selected from the name at a position."""
        used, is_member, here = subject.used, subject.is_member, at + 1
        while True:
            sign, name, call = (self._word(here + ahead) for ahead in range(3))
            if sign.text == "." and name.kind == "name" and call.text == "(":
                inner = used.below(None) if is_member and name.text in (*LOOPS, _SIZE) else used
                return self._called(here + 1, _Subject(inner, is_member and inner is used), loops)
            if sign.text == "." and name.kind == "name":
                used, here = (used.below(None) if is_member else used).below(_bare(name.text)), here + 2
            elif sign.text == "[":
                known = _literal(name) if call.text == "]" else None
                used, here = (
                    (used.below(None) if is_member else used).below(known),
                    self._closing(here) + 1,
                )
            else:
                return self._ended(at, here, _Subject(used, is_member))
            is_member = False

    def _called(self, at: int, subject: _Subject, loops: dict[int, Projection]) -> None:
        """Record the call of a method or a loop on the subject."""
        if self.words[at].text in LOOPS:
            loops[at] = subject.used
            subject.used.below(None)
        elif self.words[at].text == _SIZE or subject.is_member:
            subject.used.members = True
        else:
            subject.used.is_all = True

    def _ended(self, at: int, end: int, subject: _Subject) -> None:
        """Record the use of the subject's value, unless `has` only tests whether it is present."""
        used, is_member = subject
        first, second, third = (self._word(at - back).text for back in range(1, 4))
        if (first, second) == ("(", _HAS) and third != "." and self._word(end).text == ")" and end > at + 1:
            return
        if is_member:
            used.members = True
            if first == "in":
                used.below(None).members = True
        elif first == "in":
            used.members = True
        else:
            used.is_all = True

    def _is_member(self, at: int) -> bool:
        """Whether a token is a member of the value before it; a dot that follows no value begins a variable."""
        before = self._word(at - 2)
        is_value = before.text in _CLOSING.values() or before.kind == "text" or before.text.isdigit()
        return self._word(at - 1).text == "." and (is_value or (before.kind == "name" and before.text != "in"))

    def _word(self, at: int) -> Token:
        return self.words[at] if 0 <= at < len(self.words) else _END

    def _closing(self, at: int) -> int:
        """The position of the bracket that closes the one at a position."""
        depth = 0
        for here in range(at, len(self.words)):
            depth += (self.words[here].text in _CLOSING) - (self.words[here].text in _CLOSING.values())
            if depth == 0:
                return here
        return len(self.words)


def _bare(name: str) -> str:
    return name.strip("`")


def _literal(word: Token) -> str | None:
    """The value of a text literal without escapes; None for anything else."""
    inner = word.text[1:-1]
    is_simple = word.kind == "text" and word.text.startswith(_QUOTES) and not inner.startswith(_QUOTES)
    return inner if is_simple and "\\" not in inner else None


def _cut(used: Projection) -> Cut:
    """The function that cuts a value to what is used of it; it returns a copy if anything is cut."""
    if used.is_all or (used.each and used.each.is_all):
        return _whole
    each = _cut(used.each) if used.each else None
    if each is None and not used.members:
        return _named(used) if used.named else _presence
    return _cutting(used, each or _presence)


def _whole(value: Value) -> Value:
    return value


def _presence(value: Value) -> Value:
    """The rest of a value whose presence alone is tested; a map stays a map, and a list a list."""
    kind = value.__class__
    return {} if kind is dict else [] if kind is list else value


def _named(used: Projection) -> Cut:
    """The function that cuts a map to the used members."""
    below = [(name, _cut(each)) for name, each in used.named.items()]
    whole = [name for name, inner in below if inner is _whole]
    parts = [(name, inner) for name, inner in below if inner is not _whole]

    def named(value: Value) -> Value:
        if value.__class__ is not dict:
            return _presence(value)
        found = {name: value[name] for name in whole if name in value}
        for name, inner in parts:
            if name in value:
                found[name] = inner(value[name])
        return found

    return named


def _cutting(used: Projection, each: Cut) -> Cut:
    """The function that cuts every member by `each`, except that more may be used of named members."""
    below = {name: _cut(_merged(inner, used.each or Projection())) for name, inner in used.named.items()}
    inside = _whole if used.members else each

    def cutting(value: Value) -> Value:
        kind = value.__class__
        if kind is dict:
            return {key: below.get(key, each)(item) for key, item in value.items()}  # type: ignore[union-attr]
        if kind is list:
            return value if inside is _whole else [inside(item) for item in value]  # type: ignore[union-attr]
        return value

    return cutting


def _merged(one: Projection, other: Projection) -> Projection:
    """The projection of everything that either one uses."""
    names = one.named.keys() | other.named.keys()
    each = _merged(one.each, other.each) if one.each and other.each else one.each or other.each
    return Projection(
        one.is_all or other.is_all,
        one.members or other.members,
        {name: _merged(one.named.get(name, Projection()), other.named.get(name, Projection())) for name in names},
        each,
    )
