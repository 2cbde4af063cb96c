"""A matcher: one condition on one label."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias, cast

from varve.language import regex
from varve.language.fault import Fault

Operator: TypeAlias = Literal["=", "!=", "=~", "!~"]

REGEX: Final = frozenset({"=~", "!~"})
SPACE: Final = r"\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""The characters that Go treats as white space, for a character class of a regular expression."""


class Matcher(NamedTuple):
    """A condition on the value of one label; a missing label has the empty value."""

    name: str
    op: Operator
    value: str


def make(name: str, op: str, value: str, offset: int) -> Matcher | Fault:
    """The matcher, or why Alertmanager would refuse its regular expression; `offset` is that of the value."""
    wrong = regex.fault(f"^(?:{value})$") if op in REGEX else None
    if wrong:
        return Fault(f"the regular expression is refused: {regex.fault(value) or wrong}", offset)
    return Matcher(name, cast("Operator", op), value)


_OPPOSITE: Final[Mapping[Operator, Operator]] = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}


def negated(matcher: Matcher) -> Matcher:
    """The matcher that holds exactly if this one does not."""
    return matcher._replace(op=_OPPOSITE[matcher.op])
