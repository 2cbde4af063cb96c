"""Translates PromQL as Prometheus reads it to the dialect of the parser behind `tree`, which differs in details.

The parser reads escapes in raw strings, has Rust's regular expressions instead of RE2's, does not support `1_000`, and
panics on instants and durations that its clock cannot represent. So every string is written anew, a regular expression
becomes a code that matches the empty string exactly if the expression does, and an instant becomes its position in a
list. The parser drops a unary `+` without checking its operand; so each `+` becomes a `-`, which is valid in the same
places, and which it checks.
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
_CODED: Final = r"(?:\(\?:)?\uf8ff([0-9]{1,4})\uf8ff(?:\)\?)?"
_LATEST: Final = 2.0**63  # seconds; Prometheus stores an instant in 64 bits
_LONGEST: Final = 2.0**63 / 1e9  # seconds; it counts durations in nanoseconds
_SECOND: Final = 1000
_MOST_PATTERNS: Final = 64  # each may take milliseconds to compile
_SIGNS: Final = frozenset("+-")
_VERBATIM: Final = frozenset({Kind.NAME, Kind.OPERATOR, Kind.MARK})
_UNSUPPORTED: Final = frozenset({"</", ">/", "anchored", "smoothed"})  # by the parser
_MARKS: Final = frozenset({"[", "{", "@", "</", ">/"})  # verbatim, but they change the role of the next token
_ZERO_LED: Final = re.compile(r"0[0-9_]*+\.?[0-9_]*+[eE]")
_COMPUTED: Final = "a computed duration is not supported, write its result, such as `5m`"


class Dialect(NamedTuple):
    """A text for the parser, and what its codes stand for: instants in seconds, and regular expressions.

    `features` are the elements of syntax that only a recent Prometheus supports.
    """

    text: str
    instants: tuple[float, ...] = ()
    patterns: tuple[str, ...] = ()
    features: frozenset[str] = frozenset()

    def pattern(self, code: str) -> str:
        """The regular expression that `code` stands for; it is itself one if the text was not translated."""
        found = re.fullmatch(_CODED, code) if self.patterns else None
        return self.patterns[int(found[1])] if found else code

    def decoded(self, message: str) -> str:
        """A message of the parser, with codes replaced by the regular expressions."""
        return re.sub(_CODED, lambda found: self.patterns[int(found[1])], message) if self.patterns else message


def translate(tokens: list[Token]) -> Dialect | Fault:
    """The tokens of an expression as a text for the parser, or the fault of one of them."""
    writer = _Writer()
    pieces: list[str] = []
    for token in tokens:
        if token.kind in BLANK:
            pieces.append(" ")
            continue
        if not writer.role and token.kind in _VERBATIM and token.text not in _MARKS:
            pieces.append(_minus_for_plus(token.text))
            continue
        written = writer.write(token)
        if isinstance(written, Fault):
            return Fault(written.message, token.start + (written.offset or 0))
        pieces.append(written)
        writer.role = _role(writer.role, token)
    return Dialect("".join(pieces), tuple(writer.instants), tuple(writer.patterns), frozenset(writer.features))


@dataclass(slots=True)
class _Writer:
    """The state of a translation; `role` is the meaning of the next token, by the tokens before it."""

    role: str = ""
    instants: list[float] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    features: set[str] = field(default_factory=set)

    def write(self, token: Token) -> str | Fault:
        if token.kind is Kind.STRING:
            return self._string(token.text)
        if token.kind is Kind.NUMBER or token.kind is Kind.DURATION:
            return self._amount(token)
        refusal = _unexpected(self.role, token)
        if refusal:
            return Fault(refusal)
        if token.kind is Kind.KEYWORD and token.text.lower().startswith("fill"):
            self.features.add(FILL)
        return "" if self.role == "@" and token.text in _SIGNS else _minus_for_plus(token.text)

    def _string(self, text: str) -> str | Fault:
        value = literal.read(text)
        if isinstance(value, Fault):
            return value
        if self.role == "pattern":
            return self._pattern(value)
        if self.role == "label" and not value:
            return Fault("the name of a label cannot be empty")
        if self.role in {"label", "matcher"}:
            self.features.add(QUOTED_NAME)
        return literal.write(value)

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
        # Prometheus accepts a duration of zero as a number, but the parser does not; nor does it read `0e1`.
        as_number = token.kind is Kind.DURATION and not self.role
        return repr(seconds) if as_number or _ZERO_LED.match(token.text) else token.text.replace("_", "")

    def _instant(self, seconds: float) -> str | Fault:
        if not seconds < _LATEST:
            return Fault("the instant after `@` is out of range")
        self.instants.append(-seconds if self.role == "@-" else seconds)
        return str(len(self.instants) - 1)


def _minus_for_plus(text: str) -> str:
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


def _unexpected(role: str, token: Token) -> str | None:
    """Why a word or a sign is not allowed at its place, or not supported by the parser."""
    word = token.text.lower()
    if token.kind is not Kind.NAME and word in _UNSUPPORTED:
        return f"{quote(token.text)} is not supported"
    return _unexpected_in_time(role, token, word) or _unexpected_in_matcher(role, token, word)


def _unexpected_in_time(role: str, token: Token, word: str) -> str | None:
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


def _unexpected_in_matcher(role: str, token: Token, word: str) -> str | None:
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
    """The role of the token that follows `token`, which itself has `role`."""
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
