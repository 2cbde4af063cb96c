"""Scopes an expression to one tenant: inserts a matcher into every selector, and proves the result on the trees."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, cast

from varve.language import literal
from varve.language.fault import Fault, quote
from varve.language.promql import reading
from varve.language.promql.lexer import lex
from varve.language.promql.selectors import PlacedSelector, selectors
from varve.language.promql.tree import Node

LABEL: Final = "tenant"
"""The label that names the tenant of a series."""

_KINDS: Final = frozenset(
    {"selector", "range", "subquery", "call", "aggregation", "operation", "negation", "parentheses", "number", "string"}
)
_LABEL_WRITERS: Final = {"label_replace": 1, "label_join": 1, "histogram_quantiles": 1, "count_values": 1}
"""Functions that write a label, with the position of the argument that names it, counted as in `naming`."""


@lru_cache(maxsize=4096)
def scope(text: str, tenant: str) -> str | Fault:
    """The expression `text` with the matcher `tenant="…"` in every selector, or why that is impossible.

    Everything else stays as it is written. A selector that has this matcher is left alone, and one that has another
    on the label is refused; so is what writes the label, and `info` if its second argument lacks the matcher.
    """
    before = reading.read(text)
    if isinstance(before, Fault):
        return before
    scoped = _label_write(before.nodes) or _unscoped_info(before.nodes, tenant) or _inserted(text, tenant)
    if isinstance(scoped, Fault):
        return scoped
    after = before if scoped == text else reading.read(scoped)
    if isinstance(after, Fault):
        return after
    return (
        scoped
        if _is_scoped(before.nodes, after.nodes, tenant)
        else Fault("the expression cannot be confined to one tenant")
    )


def _inserted(text: str, tenant: str) -> str | Fault:
    tokens = lex(text)
    if isinstance(tokens, Fault):
        return tokens
    matcher, pieces, end = f"{LABEL}={literal.write(tenant)}", [], 0
    for each in selectors(tokens):
        on_label = [existing for existing in each.matchers if existing.name == LABEL]
        other = next((existing for existing in on_label if (existing.operator, existing.value) != ("=", tenant)), None)
        if other is not None:
            shown = f"{LABEL}{other.operator}{literal.write(other.value)}"
            return Fault(f"{quote(shown)} selects series of other tenants", other.start)
        if not on_label:
            pieces += [text[end : each.end], _insertion(each, matcher)]
            end = each.end
    return "".join([*pieces, text[end:]])


def _insertion(selector: PlacedSelector, matcher: str) -> str:
    if selector.filled is None:
        return f"{{{matcher}}}"
    return f"{matcher}," if selector.filled else matcher


def _is_scoped(before: Sequence[Node], after: Sequence[Node], tenant: str) -> bool:
    """Whether the trees differ only in the matcher, and every selector of the second has it."""
    return len(before) == len(after) and all(
        node.kind in _KINDS and node == _with_matcher(other, tenant) for other, node in zip(before, after, strict=True)
    )


def _with_matcher(node: Node, tenant: str) -> Node:
    if node.kind != "selector":
        return node
    name, _, *rest = node.fields
    tenant_matcher, matchers = ("=", LABEL, tenant), _matchers(node)
    return node._replace(fields=(name, matchers if tenant_matcher in matchers else (tenant_matcher, *matchers), *rest))


def _matchers(selector: Node) -> tuple[tuple[str, str, str], ...]:
    return cast("tuple[tuple[str, str, str], ...]", selector.fields[1])


def calls(nodes: Sequence[Node]) -> Iterator[tuple[str, list[Node]]]:
    """Every call and aggregation with its arguments, without parentheses around them."""
    waiting: list[Node] = []
    for node in reversed(nodes):  # children follow their parents, so they are visited first here
        below = [waiting.pop() for _ in range(node.arity)]
        waiting.append(below[0] if node.kind == "parentheses" else node)
        if node.kind in {"call", "aggregation"}:
            yield str(node.fields[0]), below


def _label_write(nodes: Sequence[Node]) -> Fault | None:
    for name, arguments in calls(nodes):
        at = _LABEL_WRITERS.get(name, len(arguments))
        if at < len(arguments) and arguments[at].fields == (LABEL,):
            return Fault(f"`{name}` writes the label `{LABEL}`, which names the owner of a series")
    return None


def _unscoped_info(nodes: Sequence[Node], tenant: str) -> Fault | None:
    """The fault of an `info` without a scoped second argument: it reads other series than its first argument selects.

    The matcher cannot be inserted there, because a matcher of that argument also selects labels to add.
    """
    for name, arguments in calls(nodes):
        if name == "info" and not (len(arguments) > 1 and ("=", LABEL, tenant) in _matchers(arguments[1])):
            needed = f"{{{LABEL}={literal.write(tenant)},…}}"
            return Fault(f"`info` reads everybody's info metrics unless its second argument is `{needed}`")
    return None
