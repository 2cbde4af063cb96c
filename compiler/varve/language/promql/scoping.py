"""An expression kept to one tenant: its matcher put into the text of every selector, and proven on the trees."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, cast

from varve.language import literal
from varve.language.fault import Fault, quote
from varve.language.promql import reading
from varve.language.promql.lexer import lex
from varve.language.promql.standing import Standing, selectors
from varve.language.promql.tree import Node

LABEL: Final = "tenant"
"""The label that says whose a series is."""

_KINDS: Final = frozenset(
    {"selector", "range", "subquery", "call", "aggregation", "operation", "negation", "parentheses", "number", "string"}
)
_WRITERS: Final = {"label_replace": 1, "label_join": 1, "histogram_quantiles": 1, "count_values": 1}
"""What writes a label, by the place of the argument that names it; of an aggregation the expression is the first."""


@lru_cache(maxsize=4096)
def scope(text: str, tenant: str) -> str | Fault:
    """The expression `text` with the matcher `tenant="…"` in every selector, or why that cannot be.

    Everything else stays as it is written. A selector that says the very matcher is left alone, and one that says
    another on the label is refused; so is what writes the label, and `info` where its second argument does not say it.
    """
    before = reading.read(text)
    if isinstance(before, Fault):
        return before
    said = _forged(before.nodes) or _unbounded(before.nodes, tenant) or _inserted(text, tenant)
    if isinstance(said, Fault):
        return said
    after = before if said == text else reading.read(said)
    if isinstance(after, Fault):
        return after
    return (
        said if _proven(before.nodes, after.nodes, tenant) else Fault("the expression cannot be confined to one tenant")
    )


def _inserted(text: str, tenant: str) -> str | Fault:
    tokens = lex(text)
    if isinstance(tokens, Fault):
        return tokens
    matcher, pieces, end = f"{LABEL}={literal.write(tenant)}", [], 0
    for each in selectors(tokens):
        own = [said for said in each.matchers if said.name == LABEL]
        other = next((said for said in own if (said.operator, said.value) != ("=", tenant)), None)
        if other is not None:
            shown = f"{LABEL}{other.operator}{literal.write(other.value)}"
            return Fault(f"{quote(shown)} selects series of other tenants", other.start)
        if not own:
            pieces += [text[end : each.end], _matched(each, matcher)]
            end = each.end
    return "".join([*pieces, text[end:]])


def _matched(standing: Standing, matcher: str) -> str:
    if standing.filled is None:
        return f"{{{matcher}}}"
    return f"{matcher}," if standing.filled else matcher


def _proven(before: Sequence[Node], after: Sequence[Node], tenant: str) -> bool:
    """Whether the trees are the same, but for the matcher that every selector of the second has."""
    return len(before) == len(after) and all(
        node.kind in _KINDS and node == _kept(other, tenant) for other, node in zip(before, after, strict=True)
    )


def _kept(node: Node, tenant: str) -> Node:
    if node.kind != "selector":
        return node
    name, _, *rest = node.says
    own, matchers = ("=", LABEL, tenant), _matchers(node)
    return node._replace(says=(name, matchers if own in matchers else (own, *matchers), *rest))


def _matchers(selector: Node) -> tuple[tuple[str, str, str], ...]:
    return cast("tuple[tuple[str, str, str], ...]", selector.says[1])


def calls(nodes: Sequence[Node]) -> Iterator[tuple[str, list[Node]]]:
    """Every call and aggregation with its arguments, parentheses around them taken away."""
    waiting: list[Node] = []
    for node in reversed(nodes):  # children stand behind their parents, so they are seen first
        below = [waiting.pop() for _ in range(node.arity)]
        waiting.append(below[0] if node.kind == "parentheses" else node)
        if node.kind in {"call", "aggregation"}:
            yield str(node.says[0]), below


def _forged(nodes: Sequence[Node]) -> Fault | None:
    for name, arguments in calls(nodes):
        at = _WRITERS.get(name, len(arguments))
        if at < len(arguments) and arguments[at].says == (LABEL,):
            return Fault(f"`{name}` writes the label `{LABEL}`, which names the owner of a series")
    return None


def _unbounded(nodes: Sequence[Node], tenant: str) -> Fault | None:
    """What `info` reads beside its first argument cannot be bounded for it: a matcher there names a label to add."""
    for name, arguments in calls(nodes):
        if name == "info" and not (len(arguments) > 1 and ("=", LABEL, tenant) in _matchers(arguments[1])):
            said = f"{{{LABEL}={literal.write(tenant)},…}}"
            return Fault(f"`info` reads everybody's info metrics unless its second argument is `{said}`")
    return None
