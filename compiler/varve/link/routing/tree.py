"""The nouns of routing: a tree of routes as Alertmanager holds it once a configuration is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass

from varve.language.matcher import Matcher
from varve.model.source import Map


@dataclass(frozen=True, slots=True)
class Node:
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


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While an alert of the `source` fires, one of the `target` is not told, where the `equal` labels are the same."""

    name: str
    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """What a configuration says of routing; `intervals` holds Alertmanager's specs of each by its name."""

    root: Node
    intervals: Mapping[str, tuple[Map, ...]]
    inhibitions: tuple[Inhibition, ...]
