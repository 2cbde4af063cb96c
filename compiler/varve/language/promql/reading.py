"""Is a text PromQL? The limits, the lexer, the translation and the parser, one after the other."""

import re
from typing import Final, NamedTuple

from varve.language import fault as faults
from varve.language.fault import Fault
from varve.language.promql import tree
from varve.language.promql.dialect import Dialect, translate
from varve.language.promql.function import RENAMED
from varve.language.promql.lexer import WORD_OPERATORS, Kind, Token, lex
from varve.language.promql.misplaced import misplaced
from varve.language.promql.tree import Node
from varve.language.promql.value import ValueType, value_type

# The parser recurses as deep as the text nests or chains operators, and takes time quadratic in that depth; with
# these limits it needs less than 1 MB of stack and some 50 ms.
LONGEST: Final = 8192
DEEPEST: Final = 64
MOST_OPERATORS: Final = 256

# What the parser and Prometheus surely read alike, so that most expressions need no translation. Every part of it is
# what `translate` would leave as it is, or a regular expression that is the same in both dialects.
_PLAIN_LONGEST: Final = 256
_AMOUNT: Final = r"[1-9][0-9]{0,3}+(?:ms|[smhd])"
_MATCHER: Final = r'[A-Za-z_]\w*+\s*+(?:!?=\s*+"[^"\\\n\ufffd]*+"|[=!]~\s*+"(?:[\w /:=@|-]|\.[+*]?)*+")'
_PLAIN: Final = re.compile(
    rf"""(?: (?!(?:[nN][aA][nN]|[iI][nN][fF]|info|offset|limitk|limit_ratio|fill|fill_left|fill_right)\b)
          [A-Za-z_:][\w:]*+
      | [0-9]{{1,9}}+(?:\.[0-9]{{1,9}}+)?+(?![\w.])
      | [-\x20\t\r\n()+*/%^,<>]
      | [<>=!]= | offset\s++{_AMOUNT}(?!\w) | \[\s*+{_AMOUNT}\s*+(?::\s*+(?:{_AMOUNT}\s*+)?+)?+\]
      | {_AMOUNT}(?!\w) | \{{\s*+{_MATCHER}\s*+(?:,\s*+{_MATCHER}\s*+)*+\}} )*+""",
    re.VERBOSE | re.ASCII,
)


_NAMED_NUMBERS: Final = frozenset({"nan", "inf"})
_HEX_WITH_E: Final = re.compile(r"0x[0-9a-f_]*e[0-9a-f_]*", re.IGNORECASE)


class Reading(NamedTuple):
    """A sound expression: its tree, the type of its value, its young ways of writing, and whether it holds comments."""

    nodes: tuple[Node, ...]
    result_type: ValueType
    features: frozenset[str]
    comments: bool


def fault(text: str) -> Fault | None:
    """Why Prometheus would refuse the expression `text`, or the parser cannot vouch for it; None where it is sound."""
    if len(text) <= _PLAIN_LONGEST and text.count("(") <= DEEPEST and _PLAIN.fullmatch(text):
        plain = tree.parse(Dialect(text.replace("+", "-")))
        if plain is not None and not isinstance(plain, Fault):
            return None
    said = read(text)
    return said if isinstance(said, Fault) else None


def read(text: str) -> Reading | Fault:
    """What was read of the expression `text`, or what `fault` says of it."""
    tokens = _tokens(text)
    if isinstance(tokens, Fault):
        return tokens
    found = _strange_number(tokens) or _read(tokens, len(text))
    if isinstance(found, Fault):
        return found
    # The parser takes `NaN` and `Inf` for whatever a function wants; Prometheus takes them for numbers.
    if any(_is_named_number(each) for each in tokens):
        numbers = _read([each._replace(text="1") if _is_named_number(each) else each for each in tokens], len(text))
        if isinstance(numbers, Fault):
            return numbers
    if all(each.text != "+" for each in tokens):
        return found
    # The parser forgets a `+` before its operand, whatever that is. It minds a `-`, which may stand in the same places.
    minus = _read([each._replace(text="-") if each.text == "+" else each for each in tokens], len(text))
    return minus if isinstance(minus, Fault) else found


def _is_named_number(token: Token) -> bool:
    return token.kind is Kind.NUMBER and token.text.lower() in _NAMED_NUMBERS


def _strange_number(tokens: list[Token]) -> Fault | None:
    """A number in base 16 with the digit `e`: Prometheus takes it for an exponent, and the parser does not."""
    found = next((each for each in tokens if each.kind is Kind.NUMBER and _HEX_WITH_E.fullmatch(each.text)), None)
    return Fault(f"`{found.text}` is no number that Prometheus reads", found.start) if found else None


def _read(tokens: list[Token], length: int) -> Reading | Fault:
    dialect = translate(tokens)
    if isinstance(dialect, Fault):
        return dialect
    expression = tree.parse(dialect)
    if expression is None:
        return misplaced(tokens, length)
    if isinstance(expression, Fault):
        return _renamed(tokens) or expression
    nodes = tree.nodes(expression, dialect)
    result = value_type(nodes)
    if isinstance(result, Fault):
        return result
    return Reading(nodes, result, dialect.features, any(each.kind is Kind.COMMENT for each in tokens))


def _renamed(tokens: list[Token]) -> Fault | None:
    for token in tokens:
        if token.kind is Kind.NAME and token.text in RENAMED:
            return Fault(f"`{token.text}` is called `{RENAMED[token.text]}` since Prometheus 3.0", token.start)
    return None


def _tokens(text: str) -> list[Token] | Fault:
    if len(text) > LONGEST:
        return Fault(f"the expression is longer than {LONGEST} characters")
    tokens = faults.surrogate(text) or lex(text)
    return tokens if isinstance(tokens, Fault) else _excess(tokens) or tokens


def _excess(tokens: list[Token]) -> Fault | None:
    depth = operators = 0
    matching = False
    for token in tokens:
        if token.kind is Kind.OPERATOR or token.kind is Kind.KEYWORD:
            operators += not matching and (token.kind is Kind.OPERATOR or token.text.lower() in WORD_OPERATORS)
        elif token.kind is Kind.MARK:
            depth += (token.text == "(") - (token.text == ")")
            matching = token.text == "{" or (matching and token.text != "}")
        if depth > DEEPEST:
            return Fault(f"the expression nests deeper than {DEEPEST} parentheses", token.start)
        if operators > MOST_OPERATORS:
            return Fault(f"the expression has more than {MOST_OPERATORS} operators", token.start)
    return None
