"""The labels of alerts: those in rule files, and those with which Alertmanager receives a tenant's alerts."""

from collections.abc import Iterable, Iterator
from typing import cast

from varve.link.routing.decision import Labels
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve.replica import external_labels


def alerts(files: Iterable[Value]) -> list[dict[str, str]]:
    """The labels of every alert in parsed rule files, each set once, ordered by `alertname` and then by all labels.

    Labels from series and labels whose value is a template are left out: only Prometheus knows their values.
    """
    found = {tuple(sorted(each.items())): each for file in files for each in _alerts(file)}
    return [found[key] for key in sorted(found, key=lambda each: (found[each]["alertname"], each))]


def received_labels(labels: Labels, environment: Environment, tenant: str) -> dict[str, str]:
    """The labels with which Alertmanager receives an alert of a tenant.

    Prometheus adds those of its external labels that the alert does not have, and drops the label of the replica.
    """
    return {**external_labels(environment, tenant), **labels, "tenant": tenant}


def _alerts(file: Value) -> Iterator[dict[str, str]]:
    for group in _maps(file, "groups"):
        for rule in _maps(group, "rules"):
            if "alert" in rule:
                labels = {**_labels(group), **_labels(rule)}
                known = {name: value for name, value in labels.items() if "{{" not in value}
                yield {**known, "alertname": str(rule["alert"])}


def _labels(rule: Map) -> dict[str, str]:
    return {name: str(value) for name, value in cast("Map", rule.get("labels") or {}).items()}


def _maps(value: Value, key: str) -> list[Map]:
    return cast("list[Map]", value.get(key) or []) if isinstance(value, dict) else []
