"""From PromQL as Prometheus reads it to the dialect of the parser behind `tree`, which differs in the small print.

The parser reads escapes in raw strings, has Rust's regular expressions instead of RE2's, knows no `1_000`, and panics
on instants and durations that its clock cannot hold. So every string is written anew, a regular expression becomes a
code that matches the empty string exactly when the expression does, and an instant becomes its number in a list.
A `+` before its operand is forgotten, whatever that is; so each `+` becomes a `-`, which is minded, at the same places.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from varve.language import literal, regex
from varve.language.fault import Fault, quote
from varve.language.promql.lexer import BLANK, GROUPERS, Kind, Token
from varve.language.time import duration

QUOTED_NAME: Final = "a quoted name"
COUNTED_DURATION: Final = "a number as a duration, or a duration as a number"
SEPARATED_DIGITS: Final = "`_` between digits"
FILL: Final = "`fill`"

_CODE: Final = "\uf8ff{}\uf8ff"
_CODED: Final = re.compile(r"(?:\(\?:)?\uf8ff([0-9]{1,4})\uf8ff(?:\)\?)?")
_LATEST: Final = 2.0**63  # seconds; Prometheus takes an instant for a number of 64 bits
_LONGEST: Final = 2.0**63 / 1e9  # seconds; it counts durations in nanoseconds
_SECOND: Final = 1000
_MOST_PATTERNS: Final = 64  # each may take milliseconds to compile
_SIGNS: Final = frozenset("+-")
_QUIET: Final = frozenset({Kind.NAME, Kind.OPERATOR, Kind.MARK})
_UNSUPPORTED: Final = frozenset({"</", ">/", "anchored", "smoothed"})  # the parser does not know them
_MARKS: Final = frozenset({"[", "{", "@", "</", ">/"})  # the quiet ones that make something of the next token
_ZERO_LED: Final = re.compile(r"0[0-9_]*+\.?[0-9_]*+[eE]")
_COMPUTED: Final = "a computed duration is not supported, write its result, such as `5m`"


class Dialect(NamedTuple):
    """A text for the parser, with what its codes stand for: instants in seconds, and regular expressions.

    `features` are the ways of writing that only a young Prometheus reads.
    """

    text: str
    instants: tuple[float, ...] = ()
    patterns: tuple[str, ...] = ()
    features: frozenset[str] = frozenset()

    def pattern(self, code: str) -> str:
        """The regular expression that `code` stands for; where nothing was translated, each stands for itself."""
        found = _CODED.fullmatch(code) if self.patterns else None
        return self.patterns[int(found[1])] if found else code

    def plain(self, message: str) -> str:
        """What the parser says, with regular expressions where it saw codes."""
        return _CODED.sub(lambda found: self.patterns[int(found[1])], message) if self.patterns else message


def translate(tokens: list[Token]) -> Dialect | Fault:
    """The tokens of an expression for the parser, or what is wrong with one of them where it stands."""
    pen = _Pen()
    pieces: list[str] = []
    for token in tokens:
        if token.kind in BLANK:
            pieces.append(" ")
            continue
        if not pen.role and token.kind in _QUIET and token.text not in _MARKS:
            pieces.append(_minded(token.text))
            continue
        said = pen.write(token)
        if isinstance(said, Fault):
            return Fault(said.message, token.start + (said.offset or 0))
        pieces.append(said)
        pen.role = _role(pen.role, token)
    return Dialect("".join(pieces), tuple(pen.instants), tuple(pen.patterns), frozenset(pen.features))


@dataclass(slots=True)
class _Pen:
    """What is known while a text is translated: `role` is what the tokens so far make of the next one."""

    role: str = ""
    instants: list[float] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    features: set[str] = field(default_factory=set)

    def write(self, token: Token) -> str | Fault:
        if token.kind is Kind.STRING:
            return self._string(token.text)
        if token.kind is Kind.NUMBER or token.kind is Kind.DURATION:
            return self._amount(token)
        refusal = _refusal(self.role, token)
        if refusal:
            return Fault(refusal)
        if token.kind is Kind.KEYWORD and token.text.lower().startswith("fill"):
            self.features.add(FILL)
        return "" if self.role == "@" and token.text in _SIGNS else _minded(token.text)

    def _string(self, text: str) -> str | Fault:
        said = literal.read(text)
        if isinstance(said, Fault):
            return said
        if self.role == "pattern":
            return self._pattern(said)
        if self.role == "label" and not said:
            return Fault("the name of a label cannot be empty")
        if self.role in {"label", "matcher"}:
            self.features.add(QUOTED_NAME)
        return literal.write(said)

    def _pattern(self, pattern: str) -> str | Fault:
        if len(self.patterns) == _MOST_PATTERNS:
            return Fault(f"the expression has more than {_MOST_PATTERNS} regular expressions")
        wrong = regex.fault(pattern)
        if wrong:
            return Fault(f"the regular expression is refused: {wrong}")
        code = _CODE.format(len(self.patterns))
        self.patterns.append(pattern)
        return f'"(?:{code})?"' if regex.matches_empty(pattern) else f'"{code}"'

    def _amount(self, token: Token) -> str | Fault:
        seconds = _seconds(token)
        if seconds is None:
            return Fault(f"{quote(token.text)} is out of range")
        if "_" in token.text:
            self.features.add(SEPARATED_DIGITS)
        if (token.kind is Kind.DURATION) is not (self.role in {"range", "offset"}):
            self.features.add(COUNTED_DURATION)
        match self.role:
            case "@" | "@+" | "@-":
                return self._instant(seconds)
            case "range" | "offset" if not seconds < _LONGEST:
                return Fault(f"the duration {quote(token.text)} is out of range")
            case "range" if seconds <= 0:
                return Fault("a range must be greater than 0")
        # A duration of zero is a number to Prometheus, and no duration to the parser; nor does that read `0e1`.
        strange = token.kind is Kind.DURATION and not self.role
        return repr(seconds) if strange or _ZERO_LED.match(token.text) else token.text.replace("_", "")

    def _instant(self, seconds: float) -> str | Fault:
        if not seconds < _LATEST:
            return Fault("the instant after `@` is out of range")
        self.instants.append(-seconds if self.role == "@-" else seconds)
        return str(len(self.instants) - 1)


def _minded(text: str) -> str:
    return "-" if text == "+" else text


def _seconds(token: Token) -> float | None:
    text = token.text.replace("_", "").lower()
    if token.kind is Kind.DURATION:
        count = duration.milliseconds(text)
        return None if count is None else count / _SECOND
    if text in {"inf", "nan"}:
        return float(text)
    value = float(int(text, 16) if text.startswith("0x") else float(text))
    return None if math.isinf(value) else value


def _refusal(role: str, token: Token) -> str | None:
    """Why a word or a sign cannot stand where it does, or is nothing that the parser knows."""
    word = token.text.lower()
    if token.kind is not Kind.NAME and word in _UNSUPPORTED:
        return f"{quote(token.text)} is not supported"
    return _out_of_time(role, token, word) or _out_of_match(role, token, word)


def _out_of_time(role: str, token: Token, word: str) -> str | None:
    match role, token.kind:
        case ("range" | "ranged", Kind.OPERATOR | Kind.NAME) | ("offset", Kind.KEYWORD):
            return _COMPUTED
        case "range" | "ranged" | "offset", Kind.MARK if word in "(),":
            return _COMPUTED
        case "@+" | "@-", _:
            return f"unexpected {quote(token.text)} after `@` and a sign, expected a number"
        case "offset", Kind.OPERATOR if word == "+":
            return "an offset is written without `+`"
    return None


def _out_of_match(role: str, token: Token, word: str) -> str | None:
    match role, token.kind:
        case "value" | "pattern", _:
            return f"unexpected {quote(token.text)} in a matcher, expected a string"
        case ("named", Kind.MARK | Kind.NAME) | ("matcher", Kind.MARK) if word != "}" or role == "named":
            return f"unexpected {quote(token.text)} in a matcher"
        case "matched", Kind.NAME if word == "or":
            return "`or` between matchers is supported by VictoriaMetrics only, not by Prometheus"
        case "matched", Kind.NAME:
            return f"unexpected {quote(token.text)} after a matcher, expected `,` or `}}`"
    return None


def _role(role: str, token: Token) -> str:
    """What `token`, in its own role, makes of the token behind it."""
    return _time(role, token) or _grouping(role, token) or _matching(role, token)


def _time(role: str, token: Token) -> str:
    match role, token.kind, token.text.lower():
        case _, Kind.MARK, "@":
            return "@"
        case "@", Kind.OPERATOR, "+" | "-" as sign:
            return f"@{sign}"
        case _, Kind.MARK, "[" | ":":
            return "range"
        case "range", Kind.NUMBER | Kind.DURATION, _:
            return "ranged"
        case (_, Kind.KEYWORD, "offset") | ("offset", Kind.OPERATOR, _):
            return "offset"
    return ""


def _grouping(role: str, token: Token) -> str:
    if token.kind is Kind.KEYWORD and token.text.lower() in GROUPERS:
        return "group"
    opens = role == "group" and token.text == "("
    return "label" if opens or (role == "label" and token.text != ")") else ""


def _matching(role: str, token: Token) -> str:
    match role, token.kind, token.text:
        case _, Kind.MARK, "{":
            return "matcher"
        case "matcher", Kind.NAME, _:
            return "named"
        case "named" | "matched", Kind.OPERATOR, operator:
            return "pattern" if "~" in operator else "value"
        case "matcher" | "value" | "pattern", Kind.STRING, _:
            return "matched"
        case "matched", Kind.MARK, ",":
            return "matcher"
    return ""
