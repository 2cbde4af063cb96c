"""Evaluates conditions in Python alone, if it is certain what the library's result would be.

Most of the library's time is the overhead of calling it, and most conditions only test whether something is present, or
is one of several values. So a condition is parsed here again, into functions of Python (`term`). Anything unusual in
the condition or in its data is left to the library, which has already compiled it.
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
"""Whether a condition holds for variables; it raises one of `UNCERTAIN` if only the library can tell."""

MOST_STEPS: Final = 5_000
"""The maximum number of iterations of all loops of one question, which is less than the library's."""

_DEEPEST: Final = 24
"""The maximum nesting of a condition, which is that of the calls that evaluate it."""

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
_LOOPS: Final[Mapping[str, bool]] = {"all": False, "exists": True}  # the result of a body with which the loop ends
_TEXT_TESTS: Final = ("contains", "startsWith", "endsWith", "matches")
_FUNCTIONS: Final = FUNCTIONS.keys() - INSTEAD.keys()  # the others are usually called as methods of a text
_RESERVED: Final = ("true", "false", "null", "in")
_LITERALS: Final[Mapping[str, Callable[[str], Value]]] = {
    "text": lambda word: _ESCAPED.sub(r"\1", word[1:-1]),
    "raw": lambda word: word[2:-1],
    "number": lambda word: float(word) if "." in word else int(word),
}
_WRITTEN: Final[Mapping[str, Value]] = {"true": True, "false": False, "null": None}


def condition(text: str, variables: Collection[str], parameters: Mapping[str, Value]) -> Condition | None:
    """A valid condition over `variables`, with the constant `parameters` as `params`; None if it is unusual."""
    words = _words(text)
    if words is None:
        return None
    reader = _Reader(words, variables, parameters)
    try:
        evaluate = term.boolean(reader.ternary(0))
    except UNCERTAIN:
        return None
    return evaluate if reader.at == len(words) else None


def bindings(variables: Mapping[str, Value]) -> Bindings:
    """The variables with their values, on which conditions can be evaluated one after another."""
    return {**variables, STEPS: MOST_STEPS}


def _words(text: str) -> Sequence[tuple[str, str]] | None:
    """The tokens of a condition with their kinds; None if one of them is unusual."""
    words, at = [], 0
    while found := _WORD.match(text, at):
        words.append((str(found.lastgroup), found[str(found.lastgroup)]))
        at = found.end()
    blank = _BLANK.match(text, at)
    return words if blank and blank.end() == len(text) else None


@dataclass(slots=True)
class _Reader:
    """A recursive-descent parser of one condition; it gives up by raising one of `UNCERTAIN`.

    `loop_names` are the variables of the loops around the current token.
    """

    words: Sequence[tuple[str, str]]
    variables: Collection[str]
    parameters: Mapping[str, Value]
    at: int = 0
    loop_names: list[str] = field(default_factory=list)

    def ternary(self, depth: int) -> Term:
        """`… ? … : …`, or an expression that binds closer."""
        if depth > _DEEPEST:
            raise TypeError
        first = self.logical("||", depth)
        if not self.accept("?"):
            return first
        one = self.ternary(depth + 1)
        self.expect(":")
        return term.conditional(first, one, self.ternary(depth + 1))

    def logical(self, sign: str, depth: int) -> Term:
        """Operands of `||`, or of `&&`, which binds closer."""
        terms = []
        while True:
            terms.append(self.logical("&&", depth) if sign == "||" else self.relation(depth))
            if not self.accept(sign):
                break
        if len(terms) == 1:
            return terms[0]
        return term.some(terms) if sign == "||" else term.every(terms)

    def relation(self, depth: int) -> Term:
        """A comparison, or an expression that binds closer; a chain of comparisons is unusual."""
        one = self.negated(depth)
        sign = self.peek()
        if sign not in _COMPARING:
            return one
        self.at += 1
        other = self.negated(depth)
        if self.peek() in _COMPARING:
            raise TypeError
        return term.contained(one, other) if sign == "in" else term.compared(one, sign, other)

    def negated(self, depth: int) -> Term:
        """An expression with any number of `!`."""
        if self.accept("!"):
            if depth > _DEEPEST:
                raise TypeError
            return term.negated(self.negated(depth + 1))
        return self.postfix(depth)

    def postfix(self, depth: int) -> Term:
        """A primary expression with its members, items and method calls."""
        found = self.primary(depth)
        for _ in range(_DEEPEST):
            if self.accept("["):
                key = self.ternary(depth + 1)
                self.expect("]")
                is_name = key.is_known and isinstance(key.known, str)
                found = term.member(found, key.known)._replace(accessed=None) if is_name else term.item(found, key)
            elif self.accept("."):
                name = self.name()
                found = self.method(found, name, depth) if self.accept("(") else term.member(found, name)
            else:
                return found
        raise TypeError

    def primary(self, depth: int) -> Term:
        """A literal, a name, a function call, a list, an empty map, or an expression in parentheses."""
        kind, word = self.words[self.at] if self.at < len(self.words) else ("", "")
        self.at += 1
        if kind in _LITERALS:
            return term.literal(_LITERALS[kind](word))
        if kind == "name":
            return self.called(word, depth) if self.accept("(") else self.variable(word)
        if word == "(":
            found = self.ternary(depth + 1)
            self.expect(")")
            return found._replace(accessed=None)
        if word == "[":
            return term.listed(self.arguments("]", depth))
        if word == "{" and self.accept("}"):
            return term.literal({})
        raise TypeError

    def variable(self, name: str) -> Term:
        """The value or the type that a name stands for."""
        if name in _WRITTEN:
            return term.literal(_WRITTEN[name])
        if name in self.loop_names:
            return term.variable(name)
        if name == _PARAMETERS:
            return term.literal({**self.parameters})
        if name in self.variables:
            return term.variable(name)
        return term.kind(name)

    def called(self, name: str, depth: int) -> Term:
        """The call of a function."""
        arguments = self.arguments(")", depth)
        if name in _FUNCTIONS:
            return term.called(name, arguments)
        if len(arguments) != 1:
            raise TypeError
        return {"has": term.has_member, "size": term.size, "type": term.kind_of}[name](arguments[0])

    def method(self, operand: Term, name: str, depth: int) -> Term:
        """The call of a method or a loop on a value."""
        if name in _LOOPS:
            return self.loop(operand, _LOOPS[name], depth)
        arguments = self.arguments(")", depth)
        if name == "size" and not arguments:
            return term.size(operand)
        if name not in _TEXT_TESTS or len(arguments) != 1:
            raise TypeError
        return term.text_test(name, operand, arguments[0])

    def loop(self, operand: Term, until: bool, depth: int) -> Term:  # noqa: FBT001 - what its body must come to
        """A loop; reusing a name for its variable is unusual."""
        name = self.name()
        if name in self.loop_names or name in self.variables or name == _PARAMETERS:
            raise TypeError
        self.expect(",")
        self.loop_names.append(name)
        body = self.ternary(depth + 1)
        self.loop_names.pop()
        self.expect(")")
        return term.loop(operand, name, body, until=until)

    def arguments(self, closing: str, depth: int) -> list[Term]:
        """Expressions between commas, up to the sign `closing`."""
        found: list[Term] = []
        while not self.accept(closing):
            if found:
                self.expect(",")
            found.append(self.ternary(depth + 1))
        return found

    def name(self) -> str:
        """A name that is not reserved."""
        kind, word = self.words[self.at] if self.at < len(self.words) else ("", "")
        if kind != "name" or word in _RESERVED:
            raise TypeError
        self.at += 1
        return word

    def peek(self) -> str:
        """The next token if it is a sign or `in`, else an empty text."""
        kind, word = self.words[self.at] if self.at < len(self.words) else ("", "")
        return word if kind == "sign" or word == "in" else ""

    def accept(self, sign: str) -> bool:
        """Whether a sign follows; if so, it is consumed."""
        is_there = self.peek() == sign
        self.at += is_there
        return is_there

    def expect(self, sign: str) -> None:
        """Consume a sign that must follow."""
        if not self.accept(sign):
            raise TypeError
