"""Whether a query reads the series of one tenant alone, asked of its tree: what no selector bounds is a way out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, cast

from varve.language.fault import Fault
from varve.language.grafana import interpolation
from varve.language.promql import LABEL, reading
from varve.language.promql.tree import Node

_KNOWN: Final = frozenset(
    {"selector", "range", "subquery", "call", "aggregation", "operation", "negation", "parentheses", "number", "string"}
)
_WRITERS: Final = frozenset({"label_replace", "label_join", "histogram_quantiles", "count_values"})
"""What writes a label: its name is the second argument of each; the tree gives an aggregation its parameter last."""

# Quotes of one kind, and nothing in which such a quote would be a character like others: so these are the strings.
_SIMPLE: Final = re.compile(r"[^'`#\\]*")
_VARYING: Final = re.compile(
    r"""(?P<pattern>[=!]~\s*+"[^"\n]*") | (?P<string>"[^"\n]*") | (?<=\[)(?P<range>[1-9][0-9]{0,3}[smhd])(?=\])
      | (?<![\w:.])(?:0\.[0-9]{1,9}|[1-9][0-9]{0,8}(?>\.[0-9]{1,9}|))(?![\w:.])""",
    re.VERBOSE | re.ASCII,
)
_OWN: Final = "own"
_OTHER: Final = "x"


@lru_cache(maxsize=1 << 11)
def foreign(text: str, tenant: str) -> str | None:
    """Why the expression of a rule may read what is not the tenant's, as the end of a sentence; None where it cannot.

    Most expressions differ in numbers and in what labels are compared with, so those that are alike are read once.
    Names can stand in strings too, and two that differ become one thereby: what is refused is read as it is.
    """
    return _foreign(*_alike(text, tenant)) and _foreign(text, tenant)


@lru_cache(maxsize=1 << 11)
def foreign_query(text: str, tenant: str, numbers: frozenset[str]) -> str | None:
    """The same of a query with Grafana's variables, of which those in `numbers` hold numbers."""
    return _foreign_query(*_alike(text, tenant), numbers) and _foreign_query(text, tenant, numbers)


def _alike(text: str, tenant: str) -> tuple[str, str]:
    """A query that is kept to some tenant only when this one is kept to `tenant`, and that tenant."""
    if tenant in {_OWN, _OTHER, LABEL} or not _SIMPLE.fullmatch(text):
        return text, tenant
    meant = {f'"{tenant}"': f'"{_OWN}"', f'"{LABEL}"': f'"{LABEL}"'}
    return _VARYING.sub(lambda each: _usual(each, meant), text), _OWN


def _usual(found: re.Match[str], meant: Mapping[str, str]) -> str:
    """What stands for a string, a range or a number; patterns stay, since not every text is one."""
    match found.lastgroup:
        case "pattern":
            return found[0]
        case "string":
            return meant.get(found[0], f'"{_OTHER}"')
        case "range":
            return "5m"
    return "1"


@lru_cache(maxsize=1 << 11)
def _foreign(text: str, tenant: str) -> str | None:
    found = reading.read(text)
    return f"is not valid PromQL: {found.message}" if isinstance(found, Fault) else _unbounded(found.nodes, tenant)


@lru_cache(maxsize=1 << 11)
def _foreign_query(text: str, tenant: str, numbers: frozenset[str]) -> str | None:
    put = interpolation.read(text, numbers)
    if isinstance(put, Fault):
        return f"is not valid PromQL: {put.message}"
    return _foreign(put.text, tenant)


class _Below(NamedTuple):
    """A node with its arguments, parentheses around them taken away."""

    node: Node
    arguments: tuple[Node, ...]


def _unbounded(nodes: Sequence[Node], tenant: str) -> str | None:
    for node, arguments in _parents(nodes):
        if node.kind not in _KNOWN:
            return f"contains a {node.kind}, and what that reads is unknown"
        if node.kind == "selector" and not _is_bounded(node, tenant):
            return f"reads other tenants' series: a selector has no `{LABEL}`, or another one"
        if node.kind in {"call", "aggregation"} and (said := _forging(str(node.says[0]), arguments)):
            return said
    return None


def _is_bounded(selector: Node, tenant: str) -> bool:
    """Whether a selector says the tenant, and nothing else of that label."""
    matchers = cast("tuple[tuple[str, str, str], ...]", selector.says[1])
    return {each for each in matchers if each[1] == LABEL} == {("=", LABEL, tenant)}


def _forging(name: str, arguments: tuple[Node, ...]) -> str | None:
    if name == "info" and len(arguments) < 2:  # noqa: PLR2004 - its second argument bounds what is joined
        return "reads everybody's info metrics"
    if name not in _WRITERS:
        return None
    written = arguments[1] if len(arguments) > 1 else None
    if written is None or written.kind != "string":
        return f"writes an unknown label with `{name}`"
    return f"writes the label `{LABEL}` with `{name}`" if written.says == (LABEL,) else None


def _parents(nodes: Sequence[Node]) -> Iterator[_Below]:
    """Every node of a tree with what stands below it; in the list, children stand behind their parents."""
    waiting: list[Node] = []
    for node in reversed(nodes):
        below = tuple(waiting.pop() for _ in range(node.arity))
        waiting.append(below[0] if node.kind == "parentheses" else node)
        yield _Below(node, below)
