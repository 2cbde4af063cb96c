"""Whether a text is PromQL: checks its limits, then runs the lexer, the translation and the parser."""

import re
from typing import Final, NamedTuple

from varve.language import fault as faults
from varve.language.fault import Fault, quote
from varve.language.promql import tree
from varve.language.promql.dialect import Dialect, translate
from varve.language.promql.function import RENAMED
from varve.language.promql.lexer import BLANK, WORD_OPERATORS, Kind, Token, lex
from varve.language.promql.misplaced import misplaced
from varve.language.promql.tree import Node
from varve.language.promql.value import ValueType, value_type

# The parser recurses as deep as the text nests or chains operators, and visits each token at every level above it; with
# these limits it needs less than 1 MB of stack and some 5 ms, and 20 ms for a text of the maximum length.
LONGEST: Final = 8192
DEEPEST: Final = 64
_MOST_WORK: Final = 1 << 15

# What the parser and Prometheus surely read alike, so that most expressions need no translation. It contains only what
# `translate` would not change, and regular expressions that are the same in both dialects.
_PLAIN_LONGEST: Final = 180  # a text of this length cannot exceed `_MOST_WORK`
_AMOUNT: Final = r"[1-9][0-9]{0,3}+(?:ms|[smhd])"
_MATCHER: Final = r'[A-Za-z_]\w*+\s*+(?:!?=\s*+"[^"\\\n\ufffd]*+"|[=!]~\s*+"(?:[\w /:=@|-]|\.[+*]?|)*+")'
_PLAIN: Final = re.compile(
    rf"""(?: (?!(?i:nan|inf|exp|ln|log2|log10|info|offset|limitk|limit_ratio|fill|fill_left|fill_right)\b)
          [A-Za-z_:][\w:]*+
      | [0-9]{{1,9}}+(?>\.[0-9]{{1,9}}+|)(?![\w.])
      | [-\x20\t\r\n()+*/%^,<>]
      | [<>=!]= | offset\s++{_AMOUNT}(?!\w) | \[\s*+{_AMOUNT}\s*+(?>:\s*+(?>{_AMOUNT}\s*+|)|)\]
      | {_AMOUNT}(?!\w) | \{{\s*+{_MATCHER}\s*+(?:,\s*+{_MATCHER}\s*+|)*+\}} |)*+""",
    re.VERBOSE | re.ASCII,
)


# Even in a hexadecimal number, Prometheus takes an `e` after the first digit for an exponent.
_TORN: Final = re.compile(r"0x_?[0-9a-f](?:e(?:[-+e_]|\s*\Z)|[0-9a-f_]*_e)", re.IGNORECASE)


class Reading(NamedTuple):
    """A valid expression: its tree, the type of its value, its recent syntax, and whether it contains comments.

    In the tree, each `+` is a `-`.
    """

    nodes: tuple[Node, ...]
    result_type: ValueType
    features: frozenset[str]
    comments: bool


def fault(text: str) -> Fault | None:
    """Why Prometheus would refuse the expression `text`, or varve cannot be sure that it accepts it, or None."""
    if len(text) <= _PLAIN_LONGEST and text.count("(") <= DEEPEST and _PLAIN.fullmatch(text):
        plain = tree.parse(Dialect(text.replace("+", "-")))
        if plain is not None and not isinstance(plain, Fault):
            return None
    found = read(text)
    return found if isinstance(found, Fault) else None


def read(text: str) -> Reading | Fault:
    """The expression `text`, parsed, or its fault."""
    tokens = _tokens(text)
    if isinstance(tokens, Fault):
        return tokens
    return _torn_number(text, tokens) or _read(tokens, len(text))


def _torn_number(text: str, tokens: list[Token]) -> Fault | None:
    torn = (each for each in tokens if each.kind is Kind.NUMBER and _TORN.match(text, each.start))
    found = next(torn, None)
    return Fault(f"{quote(found.text)} is not a number that Prometheus accepts here", found.start) if found else None


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
    return tokens if isinstance(tokens, Fault) else _too_complex(tokens) or tokens


def _too_complex(tokens: list[Token]) -> Fault | None:
    depth = deepest = operators = 0
    matching = False
    for token in tokens:
        if token.kind is Kind.OPERATOR or token.kind is Kind.KEYWORD:
            operators += not matching and (token.kind is Kind.OPERATOR or token.text.lower() in WORD_OPERATORS)
        elif token.kind is Kind.MARK:
            depth += (token.text == "(") - (token.text == ")")
            deepest = max(deepest, depth)
            matching = token.text == "{" or (matching and token.text != "}")
        if depth > DEEPEST:
            return Fault(f"the expression is nested deeper than {DEEPEST} parentheses", token.start)
    if sum(each.kind not in BLANK for each in tokens) * (deepest + operators) > _MOST_WORK:
        return Fault("the expression has too many operators and parentheses for its length, record a part of it")
    return None
