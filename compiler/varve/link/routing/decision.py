"""Routing an alert: which nodes of the tree it matches, when they notify, and what inhibits it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias

from varve.language.matcher import matches
from varve.language.time import hours
from varve.link.routing.tree import Inhibition, Node, Tree

Labels: TypeAlias = Mapping[str, str]
"""The labels of an alert; an empty value means that the alert does not have the label."""


class Delivery(NamedTuple):
    """A receiver that an alert is routed to; `branch` holds the nodes from the root to the one that sets the receiver.

    `group` are the labels, with their values, that all alerts of one notification share. At the given instant,
    `muted_by` names the mute intervals that contain it, and `outside` the active intervals if none of them contains it;
    both are empty if the receiver is notified then.
    """

    branch: tuple[Node, ...]
    group: tuple[tuple[str, str], ...]
    muted_by: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()

    @property
    def node(self) -> Node:
        """The matching node, whose receiver, pace and hours apply."""
        return self.branch[-1]

    @property
    def receiver(self) -> str:
        """The name of the receiver."""
        return self.node.receiver

    @property
    def is_muted(self) -> bool:
        """Whether the receiver is not notified at the given instant."""
        return bool(self.muted_by or self.outside)


class Inhibited(NamedTuple):
    """What inhibits an alert: an inhibition rule, and the labels of the firing alert that is its source."""

    rule: Inhibition
    source: tuple[tuple[str, str], ...]


class Decision(NamedTuple):
    """What Alertmanager does with an alert of these labels `at` an instant, or at any if None.

    `threats` are the inhibition rules whose target matches it, so that a firing source would inhibit it; `inhibited`
    are those that inhibit it, with their firing sources.
    """

    labels: tuple[tuple[str, str], ...]
    at: datetime | None
    deliveries: tuple[Delivery, ...]
    threats: tuple[Inhibition, ...]
    inhibited: tuple[Inhibited, ...]

    @property
    def notified(self) -> tuple[str, ...]:
        """The receivers that are notified at that instant, each once, inhibitions not considered."""
        return tuple(dict.fromkeys(each.receiver for each in self.deliveries if not each.is_muted))

    @property
    def muted(self) -> tuple[str, ...]:
        """The receivers that the alert is routed to, but that are muted at that instant."""
        return tuple(dict.fromkeys(each.receiver for each in self.deliveries if each.is_muted))


class Reached(NamedTuple):
    """The receivers that an alert is routed to, and the inhibition rules by which other alerts could inhibit it."""

    receivers: tuple[str, ...]
    threats: tuple[Inhibition, ...]


def reached(tree: Tree, labels: Labels) -> Reached:
    """The receivers and the threats that `decide` finds, without its other results."""
    present = _present(labels)
    return Reached(tuple(branch[-1].receiver for branch in _branches(tree, present)), _threats(tree, present))


def decide(tree: Tree, labels: Labels, at: datetime | None = None, firing: Iterable[Labels] = ()) -> Decision:
    """What Alertmanager does with an alert; without `at`, a timezone-aware instant, hours are ignored.

    `firing` are the labels of other alerts that are firing at the same time.
    """
    present = _present(labels)
    others = [_present(each) for each in firing]
    threats = _threats(tree, present)
    return Decision(
        _sorted(present),
        at,
        tuple(_delivery(tree, branch, present, at) for branch in _branches(tree, present)),
        threats,
        tuple(Inhibited(each, _sorted(source)) for each in threats for source in _sources(each, present, others)),
    )


def _threats(tree: Tree, labels: Labels) -> tuple[Inhibition, ...]:
    return tuple(each for each in tree.inhibitions if matches(each.target, labels))


def _branches(tree: Tree, labels: Labels) -> list[tuple[Node, ...]]:
    return branches(tree.root, lambda node: matches(node.matchers, labels))


def branches(node: Node, takes: Callable[[Node], bool]) -> list[tuple[Node, ...]]:
    """The branches from `node` to the nodes that an alert is routed to, depth first.

    `takes` decides whether a node matches. There are no branches if `node` itself does not match.
    """
    if not takes(node):
        return []
    found: list[tuple[Node, ...]] = []
    for each in node.nodes:
        below = branches(each, takes)
        found += [(node, *branch) for branch in below]
        if below and not each.continues:
            break
    return found or [(node,)]


def _present(labels: Labels) -> dict[str, str]:
    return {name: value for name, value in labels.items() if value}


def _sorted(labels: Labels) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))


def _delivery(tree: Tree, branch: tuple[Node, ...], labels: Labels, at: datetime | None) -> Delivery:
    node = branch[-1]
    group = _sorted({name: labels[name] for name in labels if node.group_by is None or name in node.group_by})
    if at is None:
        return Delivery(branch, group)
    muted = tuple(name for name in node.muted if hours.contains(tree.intervals[name], at))
    active = not node.active or any(hours.contains(tree.intervals[name], at) for name in node.active)
    return Delivery(branch, group, muted, () if active else node.active)


def _sources(rule: Inhibition, target: Labels, firing: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The firing alerts that inhibit the target; a label that both lack is equal in both.

    An alert that matches both sides of the rule is not inhibited by others that do, and so never by itself.
    """
    both = matches(rule.source, target)
    for each in firing:
        same = all(each.get(name, "") == target.get(name, "") for name in rule.equal)
        if same and matches(rule.source, each) and not (both and matches(rule.target, each)):
            yield each
