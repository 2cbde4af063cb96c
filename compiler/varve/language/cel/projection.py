"""What expressions look at of their variables, so that nothing else need be converted for the library.

Only the words are followed, and nobody parses: of what is not understood, all counts as looked at.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from varve.language.cel import syntax
from varve.language.cel.syntax import LOOPS, Token
from varve.model.source import Value

Cut: TypeAlias = Callable[[Value], Value]
"""Gives what is looked at of a value; whatever asks only for that cannot tell the two from each other."""

_HAS: Final = "has"
_SIZE: Final = "size"
_END: Final = Token("sign", "", 0)
_QUOTES: Final = ("'", '"')
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}


@dataclass(slots=True)
class Projection:
    """What is looked at of a value, and kept of it: all of it, or what is there under some names.

    With `members` it is looked at how many there are, which keys a map has, and all of what a list holds. `each` is
    what is looked at of every value in a map or a list. Without any of this it is only asked whether it is there.
    """

    is_all: bool = False
    members: bool = False
    named: dict[str, "Projection"] = field(default_factory=dict)
    each: "Projection | None" = None

    def below(self, name: str | None) -> "Projection":
        """What is looked at under a name, or under any where that is not known."""
        if name is not None:
            return self.named.setdefault(name, Projection())
        self.each = self.each or Projection()
        return self.each


class _Subject(NamedTuple):
    """What a name stands for: a variable, or each member of what a loop goes through."""

    kept: Projection
    is_member: bool


@lru_cache(maxsize=512)
def cuts(texts: tuple[str, ...], variables: tuple[str, ...]) -> Mapping[str, Cut]:
    """For each of the variables that any of the texts looks at, what is left of it for all of them together."""
    return {name: _cut(kept) for name, kept in _projections(texts, variables).items()}


def _projections(texts: Iterable[str], variables: Collection[str]) -> Mapping[str, Projection]:
    """What expressions that compile look at, by variable; of what they do not name there is nothing."""
    found: dict[str, Projection] = {}
    for text in texts:
        _Walk(syntax.tokens(text), variables, found).follow()
    return found


class _Walk(NamedTuple):
    """A walk over the words of one expression, by their positions; `found` grows by what each is seen to look at."""

    words: Sequence[Token]
    variables: Collection[str]
    found: dict[str, Projection]

    def follow(self) -> None:
        """Follow each name that stands for a value.

        `loops` has what is gone through by the loop whose word stands at a position, `scopes` the loops around a word:
        where each ends, what it names its members, and what it goes through. `named` are the positions of these names.
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
        """What the name at a position stands for, the innermost loop first; None where that is nothing to follow."""
        name = _bare(self.words[at].text)
        is_absolute = self._word(at - 1).text == "."
        for _, bound, kept in () if is_absolute else reversed(scopes):
            if bound == name:
                return None if kept is None else _Subject(kept, is_member=True)
        return _Subject(self.found.setdefault(name, Projection()), is_member=False) if name in self.variables else None

    def _chain(self, at: int, subject: _Subject, loops: dict[int, Projection]) -> None:
        """Follow the members that are asked for, one of another, from the name at a position."""
        kept, is_member, here = subject.kept, subject.is_member, at + 1
        while True:
            sign, name, call = (self._word(here + ahead) for ahead in range(3))
            if sign.text == "." and name.kind == "name" and call.text == "(":
                inner = kept.below(None) if is_member and name.text in (*LOOPS, _SIZE) else kept
                return self._called(here + 1, _Subject(inner, is_member and inner is kept), loops)
            if sign.text == "." and name.kind == "name":
                kept, here = (kept.below(None) if is_member else kept).below(_bare(name.text)), here + 2
            elif sign.text == "[":
                known = _literal(name) if call.text == "]" else None
                kept, here = (kept.below(None) if is_member else kept).below(known), self._closing(here) + 1
            else:
                return self._ended(at, here, _Subject(kept, is_member))
            is_member = False

    def _called(self, at: int, subject: _Subject, loops: dict[int, Projection]) -> None:
        """A function or a loop that is called on what was asked for."""
        if self.words[at].text in LOOPS:
            loops[at] = subject.kept
            subject.kept.below(None)
        elif self.words[at].text == _SIZE or subject.is_member:
            subject.kept.members = True
        else:
            subject.kept.is_all = True

    def _ended(self, at: int, end: int, subject: _Subject) -> None:
        """What was asked for is taken as it is, unless it is only asked whether it is there."""
        kept, is_member = subject
        first, second, third = (self._word(at - back).text for back in range(1, 4))
        if (first, second) == ("(", _HAS) and third != "." and self._word(end).text == ")" and end > at + 1:
            return
        if is_member:
            kept.members = True
            if first == "in":
                kept.below(None).members = True
        elif first == "in":
            kept.members = True
        else:
            kept.is_all = True

    def _is_member(self, at: int) -> bool:
        """Whether a word is asked of what stands before it; a dot that follows no value begins a variable."""
        before = self._word(at - 2)
        is_value = before.text in _CLOSING.values() or before.kind == "text" or before.text.isdigit()
        return self._word(at - 1).text == "." and (is_value or (before.kind == "name" and before.text != "in"))

    def _word(self, at: int) -> Token:
        return self.words[at] if 0 <= at < len(self.words) else _END

    def _closing(self, at: int) -> int:
        """Where the bracket at a position is closed."""
        depth = 0
        for here in range(at, len(self.words)):
            depth += (self.words[here].text in _CLOSING) - (self.words[here].text in _CLOSING.values())
            if depth == 0:
                return here
        return len(self.words)


def _bare(name: str) -> str:
    return name.strip("`")


def _literal(word: Token) -> str | None:
    """What a text means that is written out in the simplest way."""
    inner = word.text[1:-1]
    is_simple = word.kind == "text" and word.text.startswith(_QUOTES) and not inner.startswith(_QUOTES)
    return inner if is_simple and "\\" not in inner else None


def _cut(kept: Projection) -> Cut:
    """What cuts a value down to what is looked at of it; the value itself is not changed."""
    if kept.is_all or (kept.each and kept.each.is_all):
        return _whole
    each = _cut(kept.each) if kept.each else None
    if each is None and not kept.members:
        return _named(kept) if kept.named else _there
    return _cutting(kept, each or _there)


def _whole(value: Value) -> Value:
    return value


def _there(value: Value) -> Value:
    """A value of which is only asked whether it is there; a map stays a map, and a list a list."""
    kind = value.__class__
    return {} if kind is dict else [] if kind is list else value


def _named(kept: Projection) -> Cut:
    """What leaves of a map nothing but what is there under names."""
    below = [(name, _cut(each)) for name, each in kept.named.items()]
    whole = [name for name, inner in below if inner is _whole]
    parts = [(name, inner) for name, inner in below if inner is not _whole]

    def named(value: Value) -> Value:
        if value.__class__ is not dict:
            return _there(value)
        found = {name: value[name] for name in whole if name in value}
        for name, inner in parts:
            if name in value:
                found[name] = inner(value[name])
        return found

    return named


def _cutting(kept: Projection, each: Cut) -> Cut:
    """What cuts every member by `each`; of those that are named more may be looked at."""
    below = {name: _cut(_both(inner, kept.each or Projection())) for name, inner in kept.named.items()}
    inside = _whole if kept.members else each

    def cutting(value: Value) -> Value:
        kind = value.__class__
        if kind is dict:
            return {key: below.get(key, each)(item) for key, item in value.items()}  # type: ignore[union-attr]
        if kind is list:
            return value if inside is _whole else [inside(item) for item in value]  # type: ignore[union-attr]
        return value

    return cutting


def _both(one: Projection, other: Projection) -> Projection:
    """What is looked at by either."""
    names = one.named.keys() | other.named.keys()
    each = _both(one.each, other.each) if one.each and other.each else one.each or other.each
    return Projection(
        one.is_all or other.is_all,
        one.members or other.members,
        {name: _both(one.named.get(name, Projection()), other.named.get(name, Projection())) for name in names},
        each,
    )
