"""The heartbeat: the one alert of no tenant, which goes past every tenant to whoever watches from outside."""

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
_SAID: Final[Map] = {"alert": ALERT, "expr": "vector(1)", "labels": {"severity": "none"}}


def rule_breaches(value: Value) -> tuple[Breach, ...]:
    """What in the heartbeat's file is not the one alert that always fires, is no tenant's, and asks for nothing."""
    if wrong := misshapen(value, _SHAPE):
        return wrong
    rules = [each for group in maps(cast("Map", value or {}), "groups") for each in maps(group, "rules")]
    if [{key: each.get(key) for key in _SAID} for each in rules] != [_SAID]:
        return (Breach("the heartbeat is not the one alert that always fires and has no tenant", ("groups",)),)
    at: Keys = ("groups", 0, "rules", 0, "annotations")
    texts = under(rules[0], "annotations").items()
    return tuple(Breach("a text of the heartbeat contains a query", (*at, key)) for key, text in texts if _asks(text))


def _asks(text: Value) -> bool:
    return isinstance(text, str) and "{{" in text


def is_told(value: Map) -> bool:
    """Whether a file of an Alertmanager tells somebody the heartbeat; it is of the right shape."""
    return any(each.get("name") == RECEIVER for each in maps(value, "receivers"))


def of_node(node: Node) -> Iterator[Breach]:
    """What of the heartbeat's node lets anything else in, or keeps the heartbeat from whoever watches."""
    if node.matchers != MATCHERS:
        yield Breach("the heartbeat's node does not match exactly the heartbeat", _keys(node))
    if node.receiver != RECEIVER or node.continues or node.active or node.muted or node.nodes:
        yield Breach("the heartbeat's node does not always notify the watching service, and only that", _keys(node))
    if node.group_by is not None and LABEL not in node.group_by:
        yield Breach(f"alerts are not grouped by `{LABEL}`", _keys(node))


def _keys(node: Node) -> Keys:
    return ("route", "routes", node.path[0])


def of_due(value: Map, tree: Tree, due: Heartbeat | None) -> Iterator[Breach]:
    """Whether a file of an Alertmanager tells the heartbeat that is `due`, as often as it is, and none elsewhere."""
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
    """A group is told again at the first look at it after the repeat has passed."""
    times = (node.group_wait, node.group_interval, node.repeat_interval, due.interval)
    wait, look, repeat, most = map(duration.lasts, times)
    return wait <= most and look + repeat <= most


def walked(tree: Tree, environment: Environment, tenant: str | None = None) -> Iterator[Breach]:
    """What keeps the heartbeat, shared or a strict tenant's, from whoever watches, or leads it to anybody else."""
    labels = {**external_labels(environment, tenant), "alertname": ALERT, "severity": "none"}
    decision = decide(tree, labels)
    if [each.receiver for each in decision.deliveries] != [RECEIVER]:
        yield Breach("the heartbeat does not reach exactly the watching service", ("route",))
    if decision.threats:
        yield Breach("the heartbeat can be inhibited by other alerts", ("inhibit_rules",))
