"""Conditions that are answered outright: by Python alone, wherever it is certain what the library would say.

Most of the time that the library takes goes into getting there, and most conditions only look whether something is
there, or is one of several. So a condition is parsed here once more, into functions of Python (`term`). Whatever is
unusual in it, or in what it is asked about, is left to the library, which has compiled it before.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from varve.language.cel import term
from varve.language.cel.function import FUNCTIONS, INSTEAD
from varve.language.cel.term import STEPS, UNCERTAIN, Bindings, Term
from varve.model.source import Value

Condition: TypeAlias = Callable[[Bindings], bool]
"""Whether it holds of variables; it raises one of `UNCERTAIN` where only the library knows."""

MOST_STEPS: Final = 5_000
"""How often the loops of one question may go round: fewer times than the library lets them."""

_DEEPEST: Final = 24
"""How deep a condition may nest: all that is asked of it nests as deep."""

_WORD: Final = re.compile(
    r"""(?: [ \t\r\n\f]++ | //[^\n]*+ |)*+
        (?: (?P<text> "(?:[^"\\\r\n] | \\["'\\]|)*+" | '(?:[^'\\\r\n] | \\["'\\]|)*+' )
          | (?P<raw> [rR] (?: "[^"\r\n]*+" | '[^'\r\n]*+' ) )
          | (?P<number> [0-9]{1,15}+ (?>\.[0-9]{1,9}+|) (?![0-9A-Za-z_.]) )
          | (?P<name> [A-Za-z_][A-Za-z0-9_]*+ )
          | (?P<sign> && | \|\| | [=!<>]= | [<>!?:.,()\[\]{}] ) )""",
    re.VERBOSE,
)
_BLANK: Final = re.compile(r"(?: [ \t\r\n\f]++ | //[^\n]*+ |)*+", re.VERBOSE)
_ESCAPED: Final = re.compile(r"\\(.)")
_PARAMETERS: Final = "params"
_COMPARING: Final = ("==", "!=", "<", "<=", ">", ">=", "in")
_LOOPS: Final[Mapping[str, bool]] = {"all": False, "exists": True}  # what a body comes to where the loop may end
_OF_TEXTS: Final = ("contains", "startsWith", "endsWith", "matches")
_FUNCTIONS: Final = FUNCTIONS.keys() - INSTEAD.keys()  # the others are called on a text, as a rule
_RESERVED: Final = ("true", "false", "null", "in")
_LITERALS: Final[Mapping[str, Callable[[str], Value]]] = {
    "text": lambda word: _ESCAPED.sub(r"\1", word[1:-1]),
    "raw": lambda word: word[2:-1],
    "number": lambda word: float(word) if "." in word else int(word),
}
_WRITTEN: Final[Mapping[str, Value]] = {"true": True, "false": False, "null": None}


def condition(text: str, variables: Collection[str], parameters: Mapping[str, Value]) -> Condition | None:
    """A condition that compiles, over `variables`, where `params` is always `parameters`; None of an unusual one."""
    words = _words(text)
    if words is None:
        return None
    reader = _Reader(words, variables, parameters)
    try:
        asked = term.sure(reader.whole(0))
    except UNCERTAIN:
        return None
    return asked if reader.at == len(words) else None


def bindings(variables: Mapping[str, Value]) -> Bindings:
    """The variables with their values, as conditions are asked about them, one after another."""
    return {**variables, STEPS: MOST_STEPS}


def _words(text: str) -> Sequence[tuple[str, str]] | None:
    """The words of a condition with their kinds; None where one of them is unusual."""
    words, at = [], 0
    while found := _WORD.match(text, at):
        words.append((str(found.lastgroup), found[str(found.lastgroup)]))
        at = found.end()
    blank = _BLANK.match(text, at)
    return words if blank and blank.end() == len(text) else None


@dataclass(slots=True)
class _Reader:
    """Reads one condition, word by word; it gives up by one of `UNCERTAIN`.

    `named` is what the loops around a word name.
    """

    words: Sequence[tuple[str, str]]
    variables: Collection[str]
    parameters: Mapping[str, Value]
    at: int = 0
    named: list[str] = field(default_factory=list)

    def whole(self, depth: int) -> Term:
        """One of two by a condition, or anything that binds closer."""
        if depth > _DEEPEST:
            raise TypeError
        first = self.several("||", depth)
        if not self.take("?"):
            return first
        one = self.whole(depth + 1)
        self.need(":")
        return term.chosen(first, one, self.whole(depth + 1))

    def several(self, sign: str, depth: int) -> Term:
        """What is joined by `||`, or by `&&`, which binds closer."""
        terms = []
        while True:
            terms.append(self.several("&&", depth) if sign == "||" else self.relation(depth))
            if not self.take(sign):
                break
        if len(terms) == 1:
            return terms[0]
        return term.some(terms) if sign == "||" else term.every(terms)

    def relation(self, depth: int) -> Term:
        """Two that are compared; to compare what comes of that is unusual."""
        one = self.opposite(depth)
        sign = self.following()
        if sign not in _COMPARING:
            return one
        self.at += 1
        other = self.opposite(depth)
        if self.following() in _COMPARING:
            raise TypeError
        return term.among(one, other) if sign == "in" else term.compared(one, sign, other)

    def opposite(self, depth: int) -> Term:
        """A value, or the opposite of one."""
        if self.take("!"):
            if depth > _DEEPEST:
                raise TypeError
            return term.opposite(self.opposite(depth + 1))
        return self.value(depth)

    def value(self, depth: int) -> Term:
        """A value, with all that is asked of it."""
        found = self.plain(depth)
        for _ in range(_DEEPEST):
            if self.take("["):
                key = self.whole(depth + 1)
                self.need("]")
                is_name = key.is_known and isinstance(key.known, str)
                found = term.member(found, key.known)._replace(held=None) if is_name else term.item(found, key)
            elif self.take("."):
                name = self.name()
                found = self.asked(found, name, depth) if self.take("(") else term.member(found, name)
            else:
                return found
        raise TypeError

    def plain(self, depth: int) -> Term:
        """A value that nothing is asked of yet."""
        kind, word = self.words[self.at] if self.at < len(self.words) else ("", "")
        self.at += 1
        if kind in _LITERALS:
            return term.literal(_LITERALS[kind](word))
        if kind == "name":
            return self.called(word, depth) if self.take("(") else self.variable(word)
        if word == "(":
            found = self.whole(depth + 1)
            self.need(")")
            return found._replace(held=None)
        if word == "[":
            return term.listed(self.many("]", depth))
        if word == "{" and self.take("}"):
            return term.literal({})
        raise TypeError

    def variable(self, name: str) -> Term:
        """What a name stands for."""
        if name in _WRITTEN:
            return term.literal(_WRITTEN[name])
        if name in self.named:
            return term.variable(name)
        if name == _PARAMETERS:
            return term.literal({**self.parameters})
        if name in self.variables:
            return term.variable(name)
        return term.kind(name)

    def called(self, name: str, depth: int) -> Term:
        """What is called by its name alone."""
        given = self.many(")", depth)
        if name in _FUNCTIONS:
            return term.called(name, given)
        if len(given) != 1:
            raise TypeError
        return {"has": term.there, "size": term.size, "type": term.kind_of}[name](given[0])

    def asked(self, of: Term, name: str, depth: int) -> Term:
        """What is called on a value."""
        if name in _LOOPS:
            return self.loop(of, _LOOPS[name], depth)
        given = self.many(")", depth)
        if name == "size" and not given:
            return term.size(of)
        if name not in _OF_TEXTS or len(given) != 1:
            raise TypeError
        return term.within(name, of, given[0])

    def loop(self, of: Term, until: bool, depth: int) -> Term:  # noqa: FBT001 - what its body must come to
        """A loop, which names what nothing else is called."""
        name = self.name()
        if name in self.named or name in self.variables or name == _PARAMETERS:
            raise TypeError
        self.need(",")
        self.named.append(name)
        body = self.whole(depth + 1)
        self.named.pop()
        self.need(")")
        return term.loop(of, name, body, until=until)

    def many(self, closing: str, depth: int) -> list[Term]:
        """Values that commas part, up to what closes."""
        found: list[Term] = []
        while not self.take(closing):
            if found:
                self.need(",")
            found.append(self.whole(depth + 1))
        return found

    def name(self) -> str:
        """A name, which is no word of the language."""
        kind, word = self.words[self.at] if self.at < len(self.words) else ("", "")
        if kind != "name" or word in _RESERVED:
            raise TypeError
        self.at += 1
        return word

    def following(self) -> str:
        """The next sign, or `in`; nothing where a text or another name follows, or nothing does."""
        kind, word = self.words[self.at] if self.at < len(self.words) else ("", "")
        return word if kind == "sign" or word == "in" else ""

    def take(self, sign: str) -> bool:
        """Whether a sign follows, which is gone past."""
        is_there = self.following() == sign
        self.at += is_there
        return is_there

    def need(self, sign: str) -> None:
        """Go past a sign that must follow."""
        if not self.take(sign):
            raise TypeError
