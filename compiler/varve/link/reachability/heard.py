"""Who hears of an alert for certain: in every way in which what is only known at run time may turn out."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TypeAlias

from varve.link.reachability.alert import Alert
from varve.link.reachability.outcome import Ends, outcomes
from varve.link.reachability.reach import own
from varve.link.reachability.reading import every, routed
from varve.link.routing import labels
from varve.model.artifact import Artifact
from varve.model.unit import Environment, Resolved

Heard: TypeAlias = Mapping[tuple[str, tuple[int, int]], tuple[str, ...]]
"""By the file of a rule and its position there: the receivers, as Alertmanager calls them, that hear of it."""


def heard(unit: Resolved, environment: Environment, artifacts: Sequence[Artifact]) -> Heard:
    """Who hears of each alert of a unit in the worst case, at whatever hour; nothing where there is no Alertmanager.

    A label that a series may bring counts as one that may have any value. Where there are too many ways to look at all
    of them, nobody hears for certain.
    """
    tree = routed(artifacts)
    if tree is None:
        return {}
    asked = frozenset(labels(own(tree)))
    opened = (_opened(each, asked) for each in every(unit.unit.tenant, environment, tree, artifacts))
    certain = cache(_certain)
    return {(each.file, each.at): certain(ways) for each, ways in outcomes(tree, opened)}


def _opened(alert: Alert, asked: frozenset[str]) -> Alert:
    """The alert, where what its series may add is as open as what a template says."""
    unsure = frozenset(label for label in asked - alert.labels.keys() if alert.is_unsure(label))
    return alert._replace(open=alert.open | unsure) if unsure else alert


def _certain(ways: tuple[Ends, ...]) -> tuple[str, ...]:
    """The receivers at the ends of every way, in the order of the first."""
    first, *others = ways or ((),)
    told = [{end.receiver for end in ends} for ends in others]
    return tuple(dict.fromkeys(end.receiver for end in first if all(end.receiver in each for each in told)))
