"""Routing an alert: the walk through the tree, the hours on its way, and what silences it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias

from varve.language.matcher import matches
from varve.language.time import hours
from varve.link.routing.tree import Inhibition, Node, Tree

Labels: TypeAlias = Mapping[str, str]
"""The labels of an alert; an empty one is one that the alert does not have."""


class Delivery(NamedTuple):
    """A receiver that an alert is routed to, by a way of nodes from the root to the one that says so.

    `group` are the labels that the alert shares with all that it is told together with. At the instant that was asked
    about, `muted_by` names the intervals that mute it, and `outside` those that it would be told in if one of them
    held; both are empty where it is told then.
    """

    way: tuple[Node, ...]
    group: tuple[tuple[str, str], ...]
    muted_by: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()

    @property
    def node(self) -> Node:
        """The node that won: its receiver, its pace and its hours hold."""
        return self.way[-1]

    @property
    def receiver(self) -> str:
        """Who is told."""
        return self.node.receiver

    @property
    def is_muted(self) -> bool:
        """Whether nobody is told at that instant."""
        return bool(self.muted_by or self.outside)


class Inhibited(NamedTuple):
    """What silences an alert: a rule, and the labels of the firing alert that it speaks of."""

    rule: Inhibition
    source: tuple[tuple[str, str], ...]


class Decision(NamedTuple):
    """What becomes of an alert of these labels.

    `threats` are the inhibitions that other alerts, were they firing, could silence it by; `inhibited` is what does,
    of the alerts that fire.
    """

    labels: tuple[tuple[str, str], ...]
    at: datetime | None
    deliveries: tuple[Delivery, ...]
    threats: tuple[Inhibition, ...]
    inhibited: tuple[Inhibited, ...]

    @property
    def heard(self) -> tuple[str, ...]:
        """The receivers that are told at that instant, each once, as if nothing silenced the alert."""
        return tuple(dict.fromkeys(each.receiver for each in self.deliveries if not each.is_muted))

    @property
    def quiet(self) -> tuple[str, ...]:
        """The receivers that the alert is routed to, but whose hours keep it from them."""
        return tuple(dict.fromkeys(each.receiver for each in self.deliveries if each.is_muted))


class Reached(NamedTuple):
    """The receivers that an alert is routed to, and the inhibitions that other alerts could silence it by."""

    receivers: tuple[str, ...]
    threats: tuple[Inhibition, ...]


def reached(tree: Tree, labels: Labels) -> Reached:
    """What `decide` says of those two, where nothing else is asked."""
    held = _present(labels)
    return Reached(tuple(way[-1].receiver for way in _ways(tree, held)), _threats(tree, held))


def decide(tree: Tree, labels: Labels, at: datetime | None = None, firing: Iterable[Labels] = ()) -> Decision:
    """What Alertmanager does with an alert; without `at`, an aware time, hours are not looked at.

    `firing` are the labels of other alerts that fire at the same time.
    """
    held = _present(labels)
    others = [_present(each) for each in firing]
    threats = _threats(tree, held)
    return Decision(
        _sorted(held),
        at,
        tuple(_delivery(tree, way, held, at) for way in _ways(tree, held)),
        threats,
        tuple(Inhibited(each, _sorted(source)) for each in threats for source in _sources(each, held, others)),
    )


def _threats(tree: Tree, held: Labels) -> tuple[Inhibition, ...]:
    return tuple(each for each in tree.inhibitions if matches(each.target, held))


def _ways(tree: Tree, held: Labels) -> list[tuple[Node, ...]]:
    return ways(tree.root, lambda node: matches(node.matchers, held))


def ways(node: Node, takes: Callable[[Node], bool]) -> list[tuple[Node, ...]]:
    """The ways from `node` to those that win, depth first, where `takes` says of each whether it matches.

    There are none where `node` itself does not.
    """
    if not takes(node):
        return []
    found: list[tuple[Node, ...]] = []
    for each in node.nodes:
        below = ways(each, takes)
        found += [(node, *way) for way in below]
        if below and not each.continues:
            break
    return found or [(node,)]


def _present(labels: Labels) -> dict[str, str]:
    return {name: value for name, value in labels.items() if value}


def _sorted(labels: Labels) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))


def _delivery(tree: Tree, way: tuple[Node, ...], labels: Labels, at: datetime | None) -> Delivery:
    node = way[-1]
    group = _sorted({name: labels[name] for name in labels if node.group_by is None or name in node.group_by})
    if at is None:
        return Delivery(way, group)
    muted = tuple(name for name in node.muted if hours.contains(tree.intervals[name], at))
    told = not node.active or any(hours.contains(tree.intervals[name], at) for name in node.active)
    return Delivery(way, group, muted, () if told else node.active)


def _sources(rule: Inhibition, target: Labels, firing: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The firing alerts that silence the target: a label that both lack is the same in both.

    An alert that is on both sides is not silenced by others that are, and so never by itself.
    """
    both = matches(rule.source, target)
    for each in firing:
        same = all(each.get(name, "") == target.get(name, "") for name in rule.equal)
        if same and matches(rule.source, each) and not (both and matches(rule.target, each)):
            yield each
