"""The data types of routing: a tree of routes, as Alertmanager has it when a configuration is loaded."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from varve.language.matcher import Matcher
from varve.model.source import Map


class Node(NamedTuple):
    """A route with everything that it sets or inherits.

    `path` leads to it from the root, by positions under `routes`. `group_by` is None if alerts are grouped by all
    labels (`'...'`). Durations are as written. `active` and `muted` name intervals. No child inherits these, nor
    `continues`.
    """

    path: tuple[int, ...]
    matchers: tuple[Matcher, ...]
    receiver: str
    group_by: tuple[str, ...] | None
    group_wait: str
    group_interval: str
    repeat_interval: str
    active: tuple[str, ...]
    muted: tuple[str, ...]
    continues: bool
    nodes: tuple["Node", ...] = ()


class Inhibition(NamedTuple):
    """An inhibition rule: a firing `source` alert mutes `target` alerts whose `equal` labels have the same values."""

    name: str
    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]


class Tree(NamedTuple):
    """The routing of a configuration; `intervals` holds, by name, each interval's specs as Alertmanager writes them."""

    root: Node
    intervals: Mapping[str, tuple[Map, ...]]
    inhibitions: tuple[Inhibition, ...]


def matched_labels(node: Node) -> Iterator[str]:
    """The labels in the matchers of a node and of all nodes below it, with repetitions."""
    yield from (each.name for each in node.matchers)
    for each in node.nodes:
        yield from matched_labels(each)
