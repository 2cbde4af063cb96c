"""The tokens of a policy's expression, and what is not allowed in it although CEL has it."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from varve.language import fault
from varve.language.fault import Fault

LONGEST: Final = 2_000
"""The maximum number of characters of an expression."""

LOOPS: Final = ("all", "exists")
ABSENT: Final = ("map", "filter", "exists_one")
"""The macros of CEL that policies do not have; `LOOPS` are those that they have."""

_TOKEN: Final = re.compile(
    # An unclosed literal extends to the end, so that no character is read twice; the library refuses it anyway.
    r"""(?P<space> [ \t\r\n\f]++ | //[^\n]*+ )
      | (?P<text> (?: [bB]?[rR] | [rR][bB] )
              (?: \"{3}.*?(?:\"{3}|\Z) | '{3}.*?(?:'{3}|\Z)
                | "[^"\r\n]*+(?:"|\Z|(?=[\r\n])) | '[^'\r\n]*+(?:'|\Z|(?=[\r\n])) )
          | [bB]? (?: \"{3}(?:\\.|[^\\])*?(?:\"{3}|\\?\Z) | '{3}(?:\\.|[^\\])*?(?:'{3}|\\?\Z)
                    | "(?:\\.|[^"\\\r\n]|)*+(?:"|\\?\Z|(?=[\r\n])) | '(?:\\.|[^'\\\r\n]|)*+(?:'|\\?\Z|(?=[\r\n])) ) )
      | (?P<name> [A-Za-z_][A-Za-z0-9_]*+ | `[^`]*+(?:`|\Z) )
      | (?P<sign> . )""",
    re.VERBOSE | re.DOTALL,
)
_OPENING: Final = ("[", "{", "(")
_CLOSING: Final = ("]", "}", ")")
_START: Final = "start"


class Token(NamedTuple):
    """A token of an expression: `kind` is text, name or sign."""

    kind: str
    text: str
    start: int


@lru_cache(maxsize=64)
def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of an expression, without blanks and comments."""
    return tuple(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(text):
        if found.lastgroup != "space":
            yield Token(str(found.lastgroup), found[0], found.start())


def called(words: Sequence[Token], names: Sequence[str]) -> Iterator[int]:
    """The positions of the tokens that call one of the functions or macros `names`."""
    for at, (word, following) in enumerate(pairwise(words)):
        if word.kind == "name" and word.text in names and following.text == "(":
            yield at


def refusal(text: str) -> Fault | None:
    """Why policies may not contain such an expression, or None; this does not check whether it is valid CEL."""
    if len(text) > LONGEST:
        return Fault(f"it is longer than {LONGEST} characters")
    words = tokens(text)
    return fault.surrogate(text) or _absent(words) or _constructed(words) or _multiplied(words)


def _absent(words: Sequence[Token]) -> Fault | None:
    for at in called(words, ABSENT):
        return Fault(f"there is no `{words[at].text}` in policies, only `all` and `exists`", words[at].start)
    return None


def _constructed(words: Sequence[Token]) -> Fault | None:
    """The fault of constructing a Protocol Buffers message: policies are about plain data only."""
    for before, word in pairwise(words):
        if word.text == "{" and before.kind == "name":
            return Fault(f"`{before.text}` cannot be constructed here", before.start)
    return None


def _multiplied(words: Sequence[Token]) -> Fault | None:
    """The fault of a loop variable in a list or a map: ten such loops, nested, make 10^15 members."""
    named = {words[at + 2].text for at in called(words, LOOPS) if at + 2 < len(words)}
    literals: list[bool] = []
    before = Token(_START, "", 0)
    for word in words:
        if word.text in _OPENING:
            literals.append(word.text == "{" or (word.text == "[" and not _is_value(before)))
        elif word.text in _CLOSING:
            del literals[-1:]
        elif word.kind == "name" and word.text in named and before.text != "." and any(literals):
            return Fault(f"`{word.text}` is a loop variable and is not allowed in a list or a map", word.start)
        before = word
    return None


def _is_value(token: Token) -> bool:
    """Whether a value ends with a token, so that a bracket after it selects a member."""
    return token.text in _CLOSING or (token.kind == "name" and token.text != "in")
