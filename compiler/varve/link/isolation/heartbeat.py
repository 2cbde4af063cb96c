"""The heartbeat: the one alert that is no tenant's, bypasses all tenants and notifies a watching service outside."""

from collections.abc import Iterator
from typing import Final, cast

from varve.language.promql import LABEL
from varve.language.time import duration
from varve.link.isolation.evidence import Breach
from varve.link.isolation.shape import TEXT, TEXTS, Shape, maps, misshapen, under
from varve.link.routing.decision import decide
from varve.link.routing.tree import Node, Tree
from varve.model.source import Keys, Map, Value
from varve.model.unit import Environment
from varve.resolve.heartbeat import ALERT, MATCHERS, RECEIVER, Heartbeat
from varve.resolve.replica import external_labels

_RULE: Final[Shape] = {"alert": TEXT, "expr": TEXT, "labels": TEXTS, "annotations": TEXTS}
_SHAPE: Final[Shape] = {"groups": [{"name": TEXT, "rules": [_RULE]}]}
_EXPECTED: Final[Map] = {"alert": ALERT, "expr": "vector(1)", "labels": {"severity": "none"}}


def rule_breaches(value: Value) -> tuple[Breach, ...]:
    """Breaches unless the file holds exactly one alert, which always fires, is no tenant's and queries nothing."""
    if wrong := misshapen(value, _SHAPE):
        return wrong
    rules = [each for group in maps(cast("Map", value or {}), "groups") for each in maps(group, "rules")]
    if [{key: each.get(key) for key in _EXPECTED} for each in rules] != [_EXPECTED]:
        return (Breach("the heartbeat is not the one alert that always fires and has no tenant", ("groups",)),)
    at: Keys = ("groups", 0, "rules", 0, "annotations")
    texts = under(rules[0], "annotations").items()
    return tuple(
        Breach("a text of the heartbeat contains a query", (*at, key)) for key, text in texts if _is_template(text)
    )


def _is_template(text: Value) -> bool:
    return isinstance(text, str) and "{{" in text


def is_sent(value: Map) -> bool:
    """Whether an Alertmanager file, which is of the right shape, has the heartbeat's receiver."""
    return any(each.get("name") == RECEIVER for each in maps(value, "receivers"))


def node_breaches(node: Node) -> Iterator[Breach]:
    """Breaches unless the heartbeat's node takes only the heartbeat, and always notifies the watching service."""
    if node.matchers != MATCHERS:
        yield Breach("the heartbeat's node does not match exactly the heartbeat", _keys(node))
    if node.receiver != RECEIVER or node.continues or node.active or node.muted or node.nodes:
        yield Breach("the heartbeat's node does not always notify the watching service, and only that", _keys(node))
    if node.group_by is not None and LABEL not in node.group_by:
        yield Breach(f"alerts are not grouped by `{LABEL}`", _keys(node))


def _keys(node: Node) -> Keys:
    return ("route", "routes", node.path[0])


def due_breaches(value: Map, tree: Tree, due: Heartbeat | None) -> Iterator[Breach]:
    """Breaches unless an Alertmanager file sends exactly the heartbeat that is `due`, and often enough."""
    receivers = [each for each in maps(value, "receivers") if each.get("name") == RECEIVER]
    if receivers != ([_receiver(due)] if due else []):
        yield Breach("the heartbeat is not sent to the address that the platform sets", ("receivers",))
    nodes = [node for node in tree.root.nodes if node.receiver == RECEIVER]
    if len(nodes) != (1 if due else 0):
        yield Breach("the one node of the heartbeat that the platform sets is missing", ("route", "routes"))
    for node in nodes:
        if due and not _is_in_time(node, due):
            yield Breach(f"the heartbeat is sent less often than every {due.interval}", _keys(node))


def _receiver(due: Heartbeat) -> Map:
    return {"name": RECEIVER, "webhook_configs": [{"url_file": due.url_file, "send_resolved": False}]}


def _is_in_time(node: Node, due: Heartbeat) -> bool:
    """Whether the heartbeat is sent often enough: it repeats at the first group interval after `repeat_interval`."""
    times = (node.group_wait, node.group_interval, node.repeat_interval, due.interval)
    wait, interval, repeat, most = map(duration.lasts, times)
    return wait <= most and interval + repeat <= most


def routing_breaches(tree: Tree, environment: Environment, tenant: str | None = None) -> Iterator[Breach]:
    """Breaches unless the heartbeat, shared or a strict tenant's, reaches exactly the watching service, uninhibited."""
    labels = {**external_labels(environment, tenant), "alertname": ALERT, "severity": "none"}
    decision = decide(tree, labels)
    if [each.receiver for each in decision.deliveries] != [RECEIVER]:
        yield Breach("the heartbeat does not reach exactly the watching service", ("route",))
    if decision.threats:
        yield Breach("the heartbeat can be inhibited by other alerts", ("inhibit_rules",))
