"""The only user of `promql_parser`: the tree of an expression, and its nodes as plain data."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeVar

from varve.language.fault import Fault, quote
from varve.language.promql.dialect import Dialect

if TYPE_CHECKING:
    import promql_parser as rust

T = TypeVar("T")

_QUOTED: Final = re.compile(r"'([^']*)'|<(\w+)>")
_OPERATORS: Final = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}
_LONGEST_MESSAGE: Final = 240
_VAGUE: Final = "invalid promql query"


_Parts: TypeAlias = "tuple[str, tuple[object, ...], list[rust.Expr]]"


class Node(NamedTuple):
    """One node of a tree: its kind, its data, and the number of its children.

    The nodes are listed in pre-order: each node is followed by its first child and all below that, then by the next.
    """

    kind: str
    fields: tuple[object, ...]
    arity: int


def fold(nodes: Sequence[Node], combine: Callable[[Node, list[T]], T]) -> T:
    """The result of `combine` for the root of a tree: it is given each node and its results for the node's children."""
    waiting: list[T] = []
    for node in reversed(nodes):  # children follow their parents, so they are visited first here
        below = [waiting.pop() for _ in range(node.arity)]
        waiting.append(combine(node, below))
    return waiting[0]


def parse(dialect: Dialect) -> "rust.Expr | Fault | None":
    """The tree of a translated text, or its fault, or None if the parser does not report what is wrong."""
    import promql_parser as rust

    try:
        expression: rust.Expr = rust.parse(dialect.text)
    except (ValueError, OverflowError) as error:
        return _fault(str(error), dialect)
    return expression


def _fault(message: str, dialect: Dialect) -> Fault | None:
    if message == _VAGUE:
        return None
    quoted = _QUOTED.sub(lambda found: quote(found[1] or found[2] or ""), dialect.decoded(message.partition("\n")[0]))
    return Fault(quoted[:_LONGEST_MESSAGE].rstrip("."))


def nodes(expression: "rust.Expr", dialect: Dialect) -> tuple[Node, ...]:
    """The nodes of a tree in pre-order, with codes replaced by the regular expressions and instants."""
    found, waiting = [], [expression]
    while waiting:
        expression = waiting.pop()
        kind, fields, children = _READERS[type(expression).__name__](expression, dialect)
        found.append(Node(kind, fields, len(children)))
        waiting.extend(reversed(children))
    return tuple(found)


def _selector(node: "rust.VectorSelector", dialect: Dialect) -> _Parts:
    matchers = tuple(_matcher(each, dialect) for each in node.matchers.matchers)
    return "selector", (node.name, matchers, node.offset, _instant(node.at, dialect)), []


def _range(node: "rust.MatrixSelector", _: Dialect) -> _Parts:
    return "range", (node.range,), [node.vector_selector]


def _subquery(node: "rust.SubqueryExpr", dialect: Dialect) -> _Parts:
    return "subquery", (node.range, node.step, node.offset, _instant(node.at, dialect)), [node.expr]


def _call(node: "rust.Call", _: Dialect) -> _Parts:
    function = node.func
    takes = tuple(str(each) for each in function.arg_types)
    return "call", (function.name, str(function.return_type), takes), list(node.args)


def _aggregation(node: "rust.AggregateExpr", _: Dialect) -> _Parts:
    by = (str(node.modifier.type), *node.modifier.labels) if node.modifier else None
    return "aggregation", (str(node.op), by), [node.expr, *([node.param] if node.param else [])]


def _operation(node: "rust.BinaryExpr", _: Dialect) -> _Parts:
    return "operation", (str(node.op), _matching(node.modifier)), [node.lhs, node.rhs]


def _negation(node: "rust.UnaryExpr", _: Dialect) -> _Parts:
    return "negation", (), [node.expr]


def _parentheses(node: "rust.ParenExpr", _: Dialect) -> _Parts:
    return "parentheses", (), [node.expr]


def _number(node: "rust.NumberLiteral", _: Dialect) -> _Parts:
    return "number", (repr(node.val),), []  # as a text, since NaN is not equal to itself


def _string(node: "rust.StringLiteral", _: Dialect) -> _Parts:
    return "string", (node.val,), []


def _matcher(matcher: "rust.Matcher", dialect: Dialect) -> tuple[str, str, str]:
    operator = _OPERATORS[str(matcher.op)]
    return operator, matcher.name, dialect.pattern(matcher.value) if "~" in operator else matcher.value


def _instant(at: "rust.AtModifier | None", dialect: Dialect) -> str | None:
    if at is None:
        return None
    # Only `start()` and `end()` have no time; for all others it is the code that `translate` put there.
    return str(at.type) if at.at is None else repr(dialect.instants[round(at.at.timestamp())])


def _matching(modifier: "rust.BinModifier | None") -> tuple[object, ...] | None:
    if modifier is None:
        return None
    on, fill = modifier.matching, modifier.fill_values
    labels = (str(on.type), *on.labels) if on else None
    group = None if modifier.group_labels is None else tuple(modifier.group_labels)
    return str(modifier.card), modifier.return_bool, labels, group, fill.lhs, fill.rhs


_READERS: Final[Mapping[str, Callable[[Any, Dialect], _Parts]]] = {
    "VectorSelector": _selector,
    "MatrixSelector": _range,
    "SubqueryExpr": _subquery,
    "Call": _call,
    "AggregateExpr": _aggregation,
    "BinaryExpr": _operation,
    "UnaryExpr": _negation,
    "ParenExpr": _parentheses,
    "NumberLiteral": _number,
    "StringLiteral": _string,
}
