"""Replicas are known by a variable that each fills in, and only where it is filled in."""

import pytest

from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment
from varve.resolve.replica import Replica, expands, external_labels, replica, telling


def _environment(**platform: Map) -> Environment:
    return Environment("production", {**platform}, Stack(()))


def test_a_replica_is_what_the_platform_says() -> None:
    found = replica(_environment(replica={"label": "__replica__", "variable": "POD"}))
    assert found == Replica("__replica__", "POD")
    assert found.value == "${POD}"
    assert found.dropping == {"action": "labeldrop", "regex": "__replica__"}
    assert replica(_environment()) is None


def test_stores_are_told_unless_it_is_said_otherwise() -> None:
    stores: Map = {"a": {"url": "x"}, "b": {"url": "x", "replica": False}, "c": {"url": "x", "replica": True}}
    assert telling(_environment(remote_write=stores)) == ("a", "c")
    assert telling(_environment()) == ()


@pytest.mark.parametrize(
    ("said", "filled"),
    [
        ({"version": "3.0"}, True),
        ({"version": "2.55"}, False),
        ({"version": "2.55", "features": ["use-start-timestamps"]}, False),
        ({"version": "2.42", "features": ["expand-external-labels"]}, True),
    ],
    ids=str,
)
def test_an_older_prometheus_fills_variables_in_by_a_flag_only(said: Map, *, filled: bool) -> None:
    assert expands(_environment(targets={"prometheus": said})) is filled


def test_a_strict_tenant_says_what_is_different_about_its_own() -> None:
    both = _environment(
        external_labels={"cluster": "a", "zone": "b"}, strict={"acme": {"external_labels": {"zone": "c"}}}
    )
    assert external_labels(both) == external_labels(both, "other") == {"cluster": "a", "zone": "b"}
    assert external_labels(both, "acme") == {"cluster": "a", "zone": "c"}
    assert external_labels(_environment(), "acme") == {}
