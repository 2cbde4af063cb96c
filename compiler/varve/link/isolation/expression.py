"""Whether a query reads only the series of one tenant: every selector in its tree has to be bounded."""

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
"""Functions and aggregations that write the label in their second argument; `count_values` has it there in the tree."""

# Double quotes only, and no comment, escape or other string that could contain one: so each pair encloses a string.
_SIMPLE: Final = re.compile(r"[^'`#\\]*")
_VARYING: Final = re.compile(
    r"""(?P<pattern>[=!]~\s*+"[^"\n]*") | (?P<string>"[^"\n]*") | (?<=\[)(?P<range>[1-9][0-9]{0,3}[smhd])(?=\])
      | (?<![\w:.])(?:0\.[0-9]{1,9}|[1-9][0-9]{0,8}(?>\.[0-9]{1,9}|))(?![\w:.])""",
    re.VERBOSE | re.ASCII,
)
_OWN: Final = "own"
_OTHER: Final = "x"


@lru_cache(maxsize=1 << 11)
def foreign_expression(text: str, tenant: str) -> str | None:
    """Why the expression of a rule may read what is not the tenant's, as the end of a sentence; None if it cannot.

    Most expressions differ only in numbers and label values, so those that are otherwise equal are parsed once, with
    placeholders. Strings can be names too, and two names may get the same placeholder, so an expression that is refused
    in this form is parsed as it is.
    """
    return _foreign(*_with_placeholders(text, tenant)) and _foreign(text, tenant)


@lru_cache(maxsize=1 << 11)
def foreign_query(text: str, tenant: str, numbers: frozenset[str]) -> str | None:
    """As `foreign_expression`, for a query with Grafana's variables, of which those in `numbers` hold numbers."""
    return _foreign_query(*_with_placeholders(text, tenant), numbers) and _foreign_query(text, tenant, numbers)


def _with_placeholders(text: str, tenant: str) -> tuple[str, str]:
    """`text` and `tenant` with placeholders: if that query is bounded to that tenant, `text` is bounded to `tenant`."""
    if tenant in {_OWN, _OTHER, LABEL} or not _SIMPLE.fullmatch(text):
        return text, tenant
    placeholders = {f'"{tenant}"': f'"{_OWN}"', f'"{LABEL}"': f'"{LABEL}"'}
    return _VARYING.sub(lambda each: _placeholder(each, placeholders), text), _OWN


def _placeholder(found: re.Match[str], placeholders: Mapping[str, str]) -> str:
    """The placeholder of a string, a range or a number; regular expressions stay, as not every text is a valid one."""
    match found.lastgroup:
        case "pattern":
            return found[0]
        case "string":
            return placeholders.get(found[0], f'"{_OTHER}"')
        case "range":
            return "5m"
    return "1"


@lru_cache(maxsize=1 << 11)
def _foreign(text: str, tenant: str) -> str | None:
    found = reading.read(text)
    return f"is not valid PromQL: {found.message}" if isinstance(found, Fault) else _unbounded(found.nodes, tenant)


@lru_cache(maxsize=1 << 11)
def _foreign_query(text: str, tenant: str, numbers: frozenset[str]) -> str | None:
    substituted = interpolation.read(text, numbers)
    if isinstance(substituted, Fault):
        return f"is not valid PromQL: {substituted.message}"
    return _foreign(substituted.text, tenant)


class _Parent(NamedTuple):
    """A node and its arguments, without the parentheses around them."""

    node: Node
    arguments: tuple[Node, ...]


def _unbounded(nodes: Sequence[Node], tenant: str) -> str | None:
    for node, arguments in _parents(nodes):
        if node.kind not in _KNOWN:
            return f"contains a {node.kind}, and what that reads is unknown"
        if node.kind == "selector" and not _is_bounded(node, tenant):
            return f"reads other tenants' series: a selector has no `{LABEL}`, or another one"
        if node.kind in {"call", "aggregation"} and (reason := _label_writing(str(node.fields[0]), arguments)):
            return reason
    return None


def _is_bounded(selector: Node, tenant: str) -> bool:
    """Whether a selector has the matcher for the tenant, and no other on that label."""
    matchers = cast("tuple[tuple[str, str, str], ...]", selector.fields[1])
    return {each for each in matchers if each[1] == LABEL} == {("=", LABEL, tenant)}


def _label_writing(name: str, arguments: tuple[Node, ...]) -> str | None:
    if name == "info" and len(arguments) < 2:  # noqa: PLR2004 - its second argument bounds what is joined
        return "reads everybody's info metrics"
    if name not in _WRITERS:
        return None
    written = arguments[1] if len(arguments) > 1 else None
    if written is None or written.kind != "string":
        return f"writes an unknown label with `{name}`"
    return f"writes the label `{LABEL}` with `{name}`" if written.fields == (LABEL,) else None


def _parents(nodes: Sequence[Node]) -> Iterator[_Parent]:
    """Every node of a tree with its children; in `nodes`, children follow their parents."""
    waiting: list[Node] = []
    for node in reversed(nodes):
        below = tuple(waiting.pop() for _ in range(node.arity))
        waiting.append(below[0] if node.kind == "parentheses" else node)
        yield _Parent(node, below)
