"""Renders where alerts go: paragraphs for one, a table for many, a tree, or JSON."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from varve.language.matcher import Matcher, write
from varve.language.name import dotted
from varve.language.time.hours import DAYS
from varve.link.routing import Decision, Delivery, Inhibition, Node, Tree
from varve.link.routing.origin import origin
from varve.model.source import Map
from varve.render.document import document
from varve.render.escape import escape
from varve.render.table import table

_TENANT: Final = 1
"""The depth of the tenants' nodes in the tree; the routes that they set are below."""


class Shown(NamedTuple):
    """Whose alerts are shown: the tenant, and the resolved unit that its routes come from."""

    tenant: str
    unit: Map


def text(shown: Shown, decisions: Iterable[Decision]) -> str:
    """What happens to each alert, in paragraphs; empty for none."""
    return "\n".join("".join(f"{escape(line)}\n" for line in _paragraph(shown, each)) for each in decisions)


def rows(shown: Shown, decisions: Iterable[Decision]) -> str:
    """The same as a table, with a line for each receiver of an alert; empty for none."""
    cells = [_row(shown, decision, each) for decision in decisions for each in decision.deliveries]
    return table(cells) if cells else ""


def _paragraph(shown: Shown, decision: Decision) -> Iterator[str]:
    yield _labels(decision.labels)
    if decision.at:
        yield f"on {_time(decision.at)} in {shown.unit['timezone']}"
    for each in decision.deliveries:
        yield ""
        yield f"{each.receiver} {_verdict(each)}"
        yield f"  by     {_route(shown, each)}"
        yield f"  with   {_group(each)}"
        yield f"  after  {_pace(each.node)}"
    silenced = [*_inhibited_by(decision)]
    yield from ["", *silenced] if silenced else []


def _labels(labels: Iterable[tuple[str, str]]) -> str:
    return ", ".join(write(Matcher(name, "=", value)) for name, value in labels)


def _time(at: datetime) -> str:
    return f"{DAYS[at.isoweekday() % len(DAYS)].capitalize()}, {at:%Y-%m-%d %H:%M}"


def _verdict(each: Delivery) -> str:
    if each.muted_by:
        return f"is muted by {' and '.join(each.muted_by)}"
    return f"is muted outside of {' and '.join(each.outside)}" if each.outside else "is notified"


def _route(shown: Shown, each: Delivery) -> str:
    keys = origin(shown.unit, each)
    if keys is None:
        return "no route of the tenant: an alert that none of them matches reaches the platform's receiver"
    return f"{dotted(keys)}: {_matchers(each.node)}"


def _matchers(node: Node) -> str:
    return ", ".join(map(write, node.matchers)) or "every alert"


def _group(each: Delivery) -> str:
    if each.node.group_by is None:
        return "no other alert: the group is by all labels"
    held = dict(each.group)
    same = ((name, held.get(name, "")) for name in each.node.group_by)
    return f"all alerts of {_labels(same)}" if each.node.group_by else "all alerts of this route"


def _pace(node: Node) -> str:
    return f"{node.group_wait}, with new alerts after {node.group_interval}, again after {node.repeat_interval}"


def _inhibited_by(decision: Decision) -> Iterator[str]:
    for by in decision.inhibited:
        yield f"inhibited by {_labels(by.source)}"
    for rule in decision.threats:
        same = f", of the same {' and '.join(rule.equal)}" if rule.equal else ""
        yield f"inhibited while an alert fires that matches {', '.join(map(write, rule.source))}{same}"


def _row(shown: Shown, decision: Decision, each: Delivery) -> tuple[str, ...]:
    labels = dict(decision.labels)
    keys = origin(shown.unit, each)
    named = [labels.get(name, "-") for name in ("alertname", "severity", "service")]
    verdict = _verdict(each).removeprefix("is ") if decision.at else "-"
    return (*named, each.receiver, verdict, dotted(keys) if keys else "no route")


def tree(shown: Shown, whole: Tree) -> str:
    """The root and the tenant's branch, one node a line."""
    return "".join(f"{escape(line)}\n" for line in _lines(shown, whole.root, 0))


def _lines(shown: Shown, node: Node, depth: int) -> Iterator[str]:
    hours = [f"only in {' or '.join(node.active)}"] if node.active else []
    hours += [f"not in {' or '.join(node.muted)}"] if node.muted else []
    ends = ["then the next"] if node.continues else []
    yield "; ".join(
        [f"{'  ' * depth}{_matchers(node)} -> {node.receiver}, again after {node.repeat_interval}", *hours, *ends]
    )
    for each in _own_children(shown, node):
        yield from _lines(shown, each, depth + 1)


def _own_children(shown: Shown, node: Node) -> Iterator[Node]:
    """The child nodes, without those of other tenants."""
    mine = Matcher("tenant", "=", shown.tenant)
    return (each for each in node.nodes if len(each.path) > _TENANT or mine in each.matchers)


def json(shown: Shown, decisions: Iterable[Decision]) -> str:
    """What happens to each alert, as a JSON list."""
    return document([_decision(shown, each) for each in decisions])


def tree_json(shown: Shown, whole: Tree) -> str:
    """The root with the tenant's branch, as one JSON document."""
    return document(_node(shown, whole.root))


def _decision(shown: Shown, decision: Decision) -> dict[str, object]:
    return {
        "labels": dict(decision.labels),
        "at": decision.at.isoformat() if decision.at else None,
        "deliveries": [_delivery(shown, each, decision.at) for each in decision.deliveries],
        "inhibitedBy": [dict(each.source) for each in decision.inhibited],
        "inhibitions": [_inhibition(each) for each in decision.threats],
    }


def _delivery(shown: Shown, each: Delivery, at: datetime | None) -> dict[str, object]:
    keys = origin(shown.unit, each)
    return {
        "receiver": each.receiver,
        "route": dotted(keys) if keys else None,
        "path": [[write(one) for one in node.matchers] for node in each.branch],
        "told": not each.is_muted if at else None,
        "mutedBy": list(each.muted_by),
        "outside": list(each.outside),
        "group": dict(each.group),
        **_grouping(each.node),
    }


def _grouping(node: Node) -> dict[str, object]:
    return {
        "groupBy": ["..."] if node.group_by is None else list(node.group_by),
        "groupWait": node.group_wait,
        "groupInterval": node.group_interval,
        "repeatInterval": node.repeat_interval,
    }


def _inhibition(rule: Inhibition) -> dict[str, object]:
    return {"source": [write(each) for each in rule.source], "equal": list(rule.equal)}


def _node(shown: Shown, node: Node) -> dict[str, object]:
    return {
        "matchers": [write(each) for each in node.matchers],
        "receiver": node.receiver,
        **_grouping(node),
        "activeTimeIntervals": list(node.active),
        "muteTimeIntervals": list(node.muted),
        "continue": node.continues,
        "routes": [_node(shown, each) for each in _own_children(shown, node)],
    }
