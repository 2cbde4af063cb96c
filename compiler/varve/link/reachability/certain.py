"""The receivers that an alert certainly reaches, whatever the labels that are only known at run time turn out to be."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TypeAlias

from varve.link.reachability.alert import Alert
from varve.link.reachability.outcome import Ends, outcomes
from varve.link.reachability.reach import tenant_node
from varve.link.reachability.reading import unit_alerts, unit_tree
from varve.link.routing import matched_labels
from varve.model.artifact import Artifact
from varve.model.unit import Environment, Resolved

CertainReceivers: TypeAlias = Mapping[tuple[str, tuple[int, int]], tuple[str, ...]]
"""For each rule, by its file and the positions of its group and itself: receivers, by their names in Alertmanager."""


def certain_receivers(unit: Resolved, environment: Environment, artifacts: Sequence[Artifact]) -> CertainReceivers:
    """The receivers that each alert of a unit reaches in the worst case, hours ignored; empty without an Alertmanager.

    A label that a series may add counts as one that may have any value. If there are too many combinations of values
    to try them all, the alert certainly reaches no receiver.
    """
    tree = unit_tree(artifacts)
    if tree is None:
        return {}
    names = frozenset(matched_labels(tenant_node(tree)))
    alerts = (_with_series_labels(each, names) for each in unit_alerts(unit.unit.tenant, environment, tree, artifacts))
    certain = cache(_common_receivers)
    return {(each.file, each.at): certain(ends) for each, ends in outcomes(tree, alerts)}


def _with_series_labels(alert: Alert, names: frozenset[str]) -> Alert:
    """The alert, with the labels in `names` that its series may add among its open ones."""
    uncertain = frozenset(label for label in names - alert.labels.keys() if alert.may_vary(label))
    return alert._replace(open=alert.open | uncertain) if uncertain else alert


def _common_receivers(possible_ends: tuple[Ends, ...]) -> tuple[str, ...]:
    """The receivers that are in every possible outcome, in the order of the first."""
    first, *others = possible_ends or ((),)
    other_receivers = [{end.receiver for end in ends} for ends in others]
    return tuple(dict.fromkeys(end.receiver for end in first if all(end.receiver in each for each in other_receivers)))
