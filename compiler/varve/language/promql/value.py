"""The type of an expression's value, and the mistakes in types and arguments that the parser overlooks."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from varve.language.fault import Fault
from varve.language.promql.lexer import WORD_OPERATORS
from varve.language.promql.tree import Node

ValueType: TypeAlias = Literal["scalar", "vector", "matrix", "string"]

_TYPES: Final[dict[str, ValueType]] = {
    "selector": "vector",
    "aggregation": "vector",
    "range": "matrix",
    "subquery": "matrix",
    "number": "scalar",
    "string": "string",
}
_TYPE_NAMES: Final[dict[object, ValueType]] = {
    f"ValueType.{name.title()}": name for name in ("scalar", "vector", "matrix", "string")
}


class _Seen(NamedTuple):
    node: Node
    value: ValueType


def value_type(nodes: Sequence[Node]) -> ValueType | Fault:
    """The type of the value of a tree, or what is wrong between a node and its children."""
    waiting: list[_Seen] = []
    for node in reversed(nodes):  # children follow their parents, so they are visited first here
        below = [waiting.pop() for _ in range(node.arity)]
        wrong = _mistake(node, below)
        if wrong:
            return wrong
        waiting.append(_Seen(node, _value(node, below)))
    return waiting[0].value


def _value(node: Node, below: list[_Seen]) -> ValueType:
    if node.kind == "call":
        return _TYPE_NAMES[node.fields[1]]
    if node.kind in {"negation", "parentheses"}:
        return below[0].value
    if node.kind == "operation":
        return "scalar" if {each.value for each in below} == {"scalar"} else "vector"
    return _TYPES[node.kind]


def _mistake(node: Node, below: list[_Seen]) -> Fault | None:
    match node.kind, node.fields:
        case "selector", (str(name), *_) if name.lower() == "offset":
            return Fault('a metric of the name `offset` is written `{__name__="offset"}`')
        case "call", ("info", *_) if len(below) > 1:
            return _info(below[1].node)
        case "call", (str(name), _, tuple(takes)):
            return _misfit(name, takes, below)
        case "aggregation", ("limitk" | "limit_ratio" as name, _) if below[1].value != "scalar":
            return Fault(f"the first argument of `{name}` must be a scalar")
        case "operation", (operator, (*_, left, right)) if (left, right) != (None, None):
            return _fill(operator, below)
    return None


def _misfit(name: str, takes: tuple[object, ...], below: list[_Seen]) -> Fault | None:
    """The fault of an argument's type; the parser accepts some numbers instead of a vector, as in `ln(-1)`."""
    last = len(takes) - 1
    for index, argument in enumerate(below):
        wanted = _TYPE_NAMES[takes[min(index, last)]]
        if argument.value != wanted:
            return Fault(f"expected type {wanted} in call to function `{name}`, got {argument.value}")
    return None


def _info(labels: Node) -> Fault | None:
    if labels.kind == "selector" and labels.fields[0] is None:
        return None
    return Fault("the second argument of `info` must be matchers alone, without a name")


def _fill(operator: object, below: list[_Seen]) -> Fault | None:
    if operator in WORD_OPERATORS - {"atan2"} or {each.value for each in below} != {"vector"}:
        return Fault("missing series can be filled only between two instant vectors, and not by a set operator")
    return None
