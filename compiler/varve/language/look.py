"""What expressions look at of their variables, so that nothing else need be converted for the library."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from varve.language import expression
from varve.language.expression import LOOPS, Token
from varve.model.source import Value

Cut: TypeAlias = Callable[[Value], Value]
"""Gives what is looked at of a value; whatever asks only for that cannot tell the two from each other."""

_HAS: Final = "has"
_SIZE: Final = "size"
_END: Final = Token("sign", "", 0)
_QUOTES: Final = ("'", '"')
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}


@dataclass(slots=True)
class Look:
    """What is looked at of a value: all of it, or what is there under some names.

    With `members` it is looked at how many there are, which keys a map has, and all of what a list holds. `each` is
    what is looked at of every value in a map or a list. Without any of this it is only asked whether it is there.
    """

    is_all: bool = False
    members: bool = False
    named: dict[str, "Look"] = field(default_factory=dict)
    each: "Look | None" = None

    def below(self, name: str | None) -> "Look":
        """What is looked at under a name, or under any where that is not known."""
        if name is not None:
            return self.named.setdefault(name, Look())
        self.each = self.each or Look()
        return self.each


class _Subject(NamedTuple):
    """What a name stands for: a variable, or each member of what a loop goes through."""

    look: Look
    is_member: bool


@lru_cache(maxsize=512)
def cuts(texts: tuple[str, ...], variables: tuple[str, ...]) -> Mapping[str, Cut]:
    """For each of the variables that any of the texts looks at, what is left of it for all of them together."""
    return {name: cut(look) for name, look in looks(texts, variables).items()}


def looks(texts: Iterable[str], variables: Collection[str]) -> Mapping[str, Look]:
    """What expressions that compile look at, by variable; of what they do not name there is nothing."""
    found: dict[str, Look] = {}
    for text in texts:
        _Eye(expression.tokens(text), variables, found).follow()
    return found


class _Eye(NamedTuple):
    """Follows the words of one expression; `loops` has what the loop whose word stands at a position goes through."""

    words: Sequence[Token]
    variables: Collection[str]
    found: dict[str, Look]

    def follow(self) -> None:
        loops: dict[int, Look] = {}
        scopes: list[tuple[int, str, Look | None]] = []
        named = {at + 2 for at in expression.called(self.words, LOOPS) if self._is_member(at)}
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

    def _subject(self, at: int, scopes: Sequence[tuple[int, str, Look | None]]) -> _Subject | None:
        name = _bare(self.words[at].text)
        is_absolute = self._word(at - 1).text == "."
        for _, bound, look in () if is_absolute else reversed(scopes):
            if bound == name:
                return None if look is None else _Subject(look, is_member=True)
        return _Subject(self.found.setdefault(name, Look()), is_member=False) if name in self.variables else None

    def _chain(self, at: int, subject: _Subject, loops: dict[int, Look]) -> None:
        """Follow the members that are asked for, one of another, from the name at a position."""
        look, is_member, here = subject.look, subject.is_member, at + 1
        while True:
            sign, name, call = (self._word(here + ahead) for ahead in range(3))
            if sign.text == "." and name.kind == "name" and call.text == "(":
                inner = look.below(None) if is_member and name.text in (*LOOPS, _SIZE) else look
                return self._called(here + 1, _Subject(inner, is_member and inner is look), loops)
            if sign.text == "." and name.kind == "name":
                look, here = (look.below(None) if is_member else look).below(_bare(name.text)), here + 2
            elif sign.text == "[":
                known = _literal(name) if call.text == "]" else None
                look, here = (look.below(None) if is_member else look).below(known), self._closing(here) + 1
            else:
                return self._ended(at, here, _Subject(look, is_member))
            is_member = False

    def _called(self, at: int, subject: _Subject, loops: dict[int, Look]) -> None:
        """A function or a loop that is called on what was asked for."""
        if self.words[at].text in LOOPS:
            loops[at] = subject.look
            subject.look.below(None)
        elif self.words[at].text == _SIZE or subject.is_member:
            subject.look.members = True
        else:
            subject.look.is_all = True

    def _ended(self, at: int, end: int, subject: _Subject) -> None:
        """What was asked for is taken as it is, unless it is only asked whether it is there."""
        look, before = subject
        first, second, third = (self._word(at - back).text for back in range(1, 4))
        if (first, second) == ("(", _HAS) and third != "." and self._word(end).text == ")" and end > at + 1:
            return
        if before:
            look.members = True
            if first == "in":
                look.below(None).members = True
        elif first == "in":
            look.members = True
        else:
            look.is_all = True

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


def cut(look: Look) -> Cut:
    """What cuts a value down to what is looked at of it; the value itself is not changed."""
    if look.is_all or (look.each and look.each.is_all):
        return _whole
    each = cut(look.each) if look.each else None
    if each is None and not look.members:
        return _named(look) if look.named else _there
    return _cutting(look, each or _there)


def _whole(value: Value) -> Value:
    return value


def _there(value: Value) -> Value:
    """A value of which is only asked whether it is there; a map stays a map, and a list a list."""
    kind = value.__class__
    return {} if kind is dict else [] if kind is list else value


def _named(look: Look) -> Cut:
    below = [(name, cut(each)) for name, each in look.named.items()]
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


def _cutting(look: Look, each: Cut) -> Cut:
    """Whoever asks for every member may ask for those that are named too."""
    below = {name: cut(_both(inner, look.each or Look())) for name, inner in look.named.items()}
    inside = _whole if look.members else each

    def cutting(value: Value) -> Value:
        kind = value.__class__
        if kind is dict:
            return {key: below.get(key, each)(item) for key, item in value.items()}  # type: ignore[union-attr]
        if kind is list:
            return value if inside is _whole else [inside(item) for item in value]  # type: ignore[union-attr]
        return value

    return cutting


def _both(one: Look, other: Look) -> Look:
    """What is looked at by either."""
    names = one.named.keys() | other.named.keys()
    each = _both(one.each, other.each) if one.each and other.each else one.each or other.each
    return Look(
        one.is_all or other.is_all,
        one.members or other.members,
        {name: _both(one.named.get(name, Look()), other.named.get(name, Look())) for name in names},
        each,
    )
