"""The nouns of routing: a tree of routes as Alertmanager holds it once a configuration is loaded."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from varve.language.matcher import Matcher
from varve.model.source import Map


class Node(NamedTuple):
    """A route with everything that it says or inherits.

    `path` leads to it from the root, by positions under `routes`. `group_by` is None where all labels make a group, as
    `'...'` says. Durations are as they are written. `active` and `muted` name intervals; they are the node's own, and
    no child inherits them, nor that it `continues`.
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
    """While an alert of the `source` fires, one of the `target` is not told, where the `equal` labels are the same."""

    name: str
    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]


class Tree(NamedTuple):
    """What a configuration says of routing; `intervals` holds Alertmanager's specs of each by its name."""

    root: Node
    intervals: Mapping[str, tuple[Map, ...]]
    inhibitions: tuple[Inhibition, ...]


def labels(node: Node) -> Iterator[str]:
    """The labels that a node asks for, and those below it do; often one more than once."""
    yield from (each.name for each in node.matchers)
    for each in node.nodes:
        yield from labels(each)
