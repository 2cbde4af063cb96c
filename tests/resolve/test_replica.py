"""Replicas are distinguished by a variable that each server expands, and only if it is expanded."""

import pytest

from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment
from varve.resolve.replica import Replica, expands, external_labels, replica, stores_with_replica


def _environment(**platform: Map) -> Environment:
    return Environment("production", {**platform}, Stack(()))


def test_the_replica_label_is_the_platforms() -> None:
    found = replica(_environment(replica={"label": "__replica__", "variable": "POD"}))
    assert found == Replica("__replica__", "POD")
    assert found.value == "${POD}"
    assert found.labeldrop == {"action": "labeldrop", "regex": "__replica__"}
    assert replica(_environment()) is None


def test_stores_keep_the_replica_label_by_default() -> None:
    stores: Map = {"a": {"url": "x"}, "b": {"url": "x", "replica": False}, "c": {"url": "x", "replica": True}}
    assert stores_with_replica(_environment(remote_write=stores)) == ("a", "c")
    assert stores_with_replica(_environment()) == ()


@pytest.mark.parametrize(
    ("settings", "filled"),
    [
        ({"version": "3.0"}, True),
        ({"version": "2.55"}, False),
        ({"version": "2.55", "features": ["use-start-timestamps"]}, False),
        ({"version": "2.42", "features": ["expand-external-labels"]}, True),
    ],
    ids=str,
)
def test_an_older_prometheus_expands_variables_only_with_a_flag(settings: Map, *, filled: bool) -> None:
    assert expands(_environment(targets={"prometheus": settings})) is filled


def test_a_strict_tenants_external_labels_override_the_shared_ones() -> None:
    both = _environment(
        external_labels={"cluster": "a", "zone": "b"}, strict={"acme": {"external_labels": {"zone": "c"}}}
    )
    assert external_labels(both) == external_labels(both, "other") == {"cluster": "a", "zone": "b"}
    assert external_labels(both, "acme") == {"cluster": "a", "zone": "c"}
    assert external_labels(_environment(), "acme") == {}


def test_an_external_label_without_text_is_none() -> None:
    both = _environment(
        external_labels={"cluster": "a", "zone": ""}, strict={"acme": {"external_labels": {"cluster": "", "zone": ""}}}
    )
    assert external_labels(both) == {"cluster": "a"}
    assert external_labels(both, "acme") == {}
