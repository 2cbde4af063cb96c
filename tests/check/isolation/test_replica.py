"""Replicas are told apart by a label that nothing else has or asks for."""

from collections.abc import Mapping

import pytest

from varve.check.isolation.replica import check, check_platform
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map
from varve.model.unit import Environment, Resolved, Unit

REPLICA: Map = {"label": "replica", "variable": "HOSTNAME"}
TARGETS: Map = {"prometheus": {"version": "3.5"}}
STORES: Map = {"mimir": {"url": "https://mimir.example"}}


def _environment(said: Mapping[str, Map]) -> Environment:
    platform: Map = {"targets": TARGETS, "replica": REPLICA, **said}
    layer = Layer("environment", 0, "platform", "production.yaml", {"platform": platform})
    return Environment("production", platform, Stack((layer,)))


def _heard(report: Report) -> list[tuple[str, str]]:
    return [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


def of_platform(**said: Map) -> list[tuple[str, str]]:
    """Codes and places of what is said of a platform."""
    report = Report()
    check_platform(_environment(said), report)
    return _heard(report)


def of_unit(notify: Map, isolation: str = "logical", **said: Map) -> list[tuple[str, str]]:
    """The same of a unit."""
    value: Map = {"tenant": {"isolation": isolation}, "services": {}, "notify": notify}
    report = Report()
    unit = Resolved(Unit("acme", "production"), value, Stack((Layer("tenant", 1, "tenant", "tenant.yaml", value),)), {})
    check(unit, _environment(said), report)
    return _heard(report)


def test_a_label_of_its_own_is_sound() -> None:
    assert of_platform() == of_platform(external_labels={"cluster": "a"}) == []
    assert of_platform(replica={"label": "__replica__", "variable": "POD"}) == []


def test_labels_that_have_a_meaning_are_not() -> None:
    assert of_platform(replica={"label": "tenant", "variable": "POD"}) == [
        ("check/bad-label", "platform.replica.label")
    ]
    assert of_platform(replica={"label": "severity", "variable": "POD"})[0][0] == "check/bad-label"


def test_no_external_label_and_no_group_has_its_name() -> None:
    assert of_platform(
        external_labels={"replica": "a"},
        strict={"acme": {"external_labels": {"replica": "a"}}},
        alertmanager={"group_by": ["alertname", "replica"]},
    ) == [
        ("check/replica-label", "platform.external_labels.replica"),
        ("check/replica-label", "platform.strict.acme.external_labels.replica"),
        ("check/replica-label", "platform.alertmanager.group_by[1]"),
    ]


def test_what_is_not_filled_in_tells_nothing_apart() -> None:
    old: Map = {"prometheus": {"version": "2.55"}}
    flagged: Map = {"prometheus": {"version": "2.55", "features": ["expand-external-labels"]}}
    assert of_platform(targets=old) == [("check/unexpanded-replica", "platform.replica.variable")]
    assert of_platform(targets=flagged) == []


@pytest.mark.parametrize(
    ("notify", "at"),
    [
        ({"group_by": ["replica"]}, "notify.group_by[0]"),
        ({"routes": {"critical": {"group_by": ["a", "replica"]}}}, "notify.routes.critical.group_by[1]"),
        ({"routes": {"own": {"match": 'service="a", replica="b"'}}}, "notify.routes.own.match"),
        ({"routes": {"own": {"match": ["service=a", "replica!~b.*"]}}}, "notify.routes.own.match"),
    ],
)
def test_no_route_and_no_group_asks_for_it(notify: Map, at: str) -> None:
    assert of_unit(notify) == [("check/replica-label", at)]
    assert of_unit(notify, replica={}) == []


def test_strict_servers_are_not_taken_for_others() -> None:
    mistaken = [("check/mistaken-replicas", "tenant.isolation")]
    shared: Map = {"cluster": "a"}
    own: Map = {"acme": {"external_labels": {"cluster": "b"}}}
    assert of_unit({}, "strict", external_labels=shared, remote_write=STORES) == mistaken
    assert of_unit({}, "strict", external_labels=shared, remote_write=STORES, strict=own) == []
    both: Map = {**own, "bank": {"external_labels": {"cluster": "b"}}}
    assert of_unit({}, "strict", external_labels=shared, remote_write=STORES, strict=both) == mistaken
    assert of_unit({}, "strict", external_labels=shared) == of_unit({}, external_labels=shared) == []
    untold: Map = {"store": {"url": "https://store.example", "replica": False}}
    assert of_unit({}, "strict", external_labels=shared, remote_write=untold) == []


def test_labels_of_a_prometheus_that_there_is_not_are_refused() -> None:
    own: Map = {"acme": {"external_labels": {"cluster": "b"}}}
    assert of_unit({}, strict=own, replica={}) == [("check/idle-external-labels", "tenant.isolation")]
    assert of_unit({}, "strict", strict=own, replica={}) == []
