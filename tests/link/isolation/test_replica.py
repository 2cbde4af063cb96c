"""The main file of replicas drops their label from every alert, and changes alerts in no other way."""

from typing import Any

import pytest

from varve.link.isolation.replica import Replicas, breaches
from varve.model.source import Map
from varve.resolve.replica import Replica

DUE = Replicas(Replica("replica", "POD"), frozenset({"alike"}))
DROPPING: Map = {"action": "labeldrop", "regex": "replica"}
LABELS: Map = {"cluster": "a$$b", "replica": "${POD}"}
SENT: Map = {"alertmanagers": [{"static_configs": [{"targets": ["am:9093"]}]}]}
ALERTING: Map = {**SENT, "alert_relabel_configs": [DROPPING]}
AT = ("alerting", "alert_relabel_configs")


def keys(**fields: Any) -> list[object]:  # noqa: ANN401 - YAML
    value = {"global": {"external_labels": LABELS}, "alerting": ALERTING, **fields}
    return [each.keys for each in breaches(value, DUE)]


def test_the_file_that_varve_writes_is_sound() -> None:
    stores = [{"name": "labelled"}, {"name": "alike", "write_relabel_configs": [DROPPING]}]
    assert keys() == keys(remote_write=stores) == []


def test_without_alertmanagers_and_stores_nothing_has_to_be_dropped() -> None:
    assert [each.keys for each in breaches({"global": {"external_labels": LABELS}}, DUE)] == []


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"action": "labeldrop", "regex": "replicas"}],
        [{"action": "labelkeep", "regex": "replica"}],
        [{**DROPPING, "source_labels": ["severity"]}],
        [{"source_labels": ["replica"], "target_label": "server"}, DROPPING],
        [{"action": "drop", "source_labels": ["replica"], "regex": "b"}, DROPPING],
        [DROPPING, {"target_label": "replica", "replacement": "a"}],
        [DROPPING, DROPPING],
    ],
    ids=str,
)
def test_any_other_relabelling_of_alerts_is_refused(steps: list[Map]) -> None:
    assert keys(alerting={**SENT, AT[1]: steps}) == [AT]


def test_alerts_without_relabelling_are_refused() -> None:
    assert keys(alerting=SENT) == [("alerting",)]


@pytest.mark.parametrize(
    ("labels", "at"),
    [
        ({}, ()),
        ({"replica": "POD"}, ("global", "external_labels", "replica")),
        ({"replica": "$${POD}"}, ("global", "external_labels", "replica")),
        ({**LABELS, "node": "${NODE}"}, ("global", "external_labels", "node")),
        ({**LABELS, "node": "$$$NODE"}, ("global", "external_labels", "node")),
    ],
    ids=str,
)
def test_no_other_label_may_differ_between_replicas(labels: Map, at: tuple[str, ...]) -> None:
    assert keys(**{"global": {"external_labels": labels}}) == [at]


def test_a_store_that_must_not_see_replicas_does_not() -> None:
    assert keys(remote_write=[{"name": "labelled"}, {"name": "alike"}]) == [("remote_write", 1)]
    late = [DROPPING, {"target_label": "replica", "replacement": "a"}]
    assert keys(remote_write=[{"name": "alike", "write_relabel_configs": late}]) == [("remote_write", 0)]
