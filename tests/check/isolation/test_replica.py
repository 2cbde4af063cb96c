"""The replica label is used for nothing else, and servers of different tenants do not look like replicas."""

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


def _environment(settings: Mapping[str, Map]) -> Environment:
    platform: Map = {"targets": TARGETS, "replica": REPLICA, **settings}
    layer = Layer("environment", 0, "platform", "production.yaml", {"platform": platform})
    return Environment("production", platform, Stack((layer,)))


def _findings(report: Report) -> list[tuple[str, str]]:
    return [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


def platform_findings(**settings: Map) -> list[tuple[str, str]]:
    """Codes and places of the diagnostics for a platform."""
    report = Report()
    check_platform(_environment(settings), report)
    return _findings(report)


def unit_findings(notify: Map, isolation: str = "logical", **settings: Map) -> list[tuple[str, str]]:
    """Codes and places of the diagnostics for a unit."""
    value: Map = {"tenant": {"isolation": isolation}, "services": {}, "notify": notify}
    report = Report()
    unit = Resolved(Unit("acme", "production"), value, Stack((Layer("tenant", 1, "tenant", "tenant.yaml", value),)), {})
    check(unit, _environment(settings), report)
    return _findings(report)


def test_an_unused_replica_label_is_valid() -> None:
    assert platform_findings() == platform_findings(external_labels={"cluster": "a"}) == []
    assert platform_findings(replica={"label": "__replica__", "variable": "POD"}) == []


def test_a_reserved_label_cannot_be_the_replica_label() -> None:
    assert platform_findings(replica={"label": "tenant", "variable": "POD"}) == [
        ("check/bad-label", "platform.replica.label")
    ]
    assert platform_findings(replica={"label": "severity", "variable": "POD"})[0][0] == "check/bad-label"


def test_external_labels_and_groups_of_the_platform_may_not_use_the_replica_label() -> None:
    assert platform_findings(
        external_labels={"replica": "a"},
        strict={"acme": {"external_labels": {"replica": "a"}}},
        alertmanager={"group_by": ["alertname", "replica"]},
    ) == [
        ("check/replica-label", "platform.external_labels.replica"),
        ("check/replica-label", "platform.strict.acme.external_labels.replica"),
        ("check/replica-label", "platform.alertmanager.group_by[1]"),
    ]


def test_a_prometheus_that_does_not_expand_variables_is_reported() -> None:
    old: Map = {"prometheus": {"version": "2.55"}}
    flagged: Map = {"prometheus": {"version": "2.55", "features": ["expand-external-labels"]}}
    assert platform_findings(targets=old) == [("check/unexpanded-replica", "platform.replica.variable")]
    assert platform_findings(targets=flagged) == []


@pytest.mark.parametrize(
    ("notify", "at"),
    [
        ({"group_by": ["replica"]}, "notify.group_by[0]"),
        ({"routes": {"critical": {"group_by": ["a", "replica"]}}}, "notify.routes.critical.group_by[1]"),
        ({"routes": {"own": {"match": 'service="a", replica="b"'}}}, "notify.routes.own.match"),
        ({"routes": {"own": {"match": ["service=a", "replica!~b.*"]}}}, "notify.routes.own.match"),
    ],
)
def test_routes_and_groups_of_a_unit_may_not_use_the_replica_label(notify: Map, at: str) -> None:
    assert unit_findings(notify) == [("check/replica-label", at)]
    assert unit_findings(notify, replica={}) == []


def test_a_strict_tenants_servers_need_external_labels_of_their_own() -> None:
    mistaken = [("check/mistaken-replicas", "tenant.isolation")]
    shared: Map = {"cluster": "a"}
    own: Map = {"acme": {"external_labels": {"cluster": "b"}}}
    assert unit_findings({}, "strict", external_labels=shared, remote_write=STORES) == mistaken
    assert unit_findings({}, "strict", external_labels=shared, remote_write=STORES, strict=own) == []
    both: Map = {**own, "bank": {"external_labels": {"cluster": "b"}}}
    assert unit_findings({}, "strict", external_labels=shared, remote_write=STORES, strict=both) == mistaken
    assert unit_findings({}, "strict", external_labels=shared) == unit_findings({}, external_labels=shared) == []
    without_label: Map = {"store": {"url": "https://store.example", "replica": False}}
    assert unit_findings({}, "strict", external_labels=shared, remote_write=without_label) == []


def test_external_labels_of_a_tenant_that_is_not_strict_are_refused() -> None:
    own: Map = {"acme": {"external_labels": {"cluster": "b"}}}
    assert unit_findings({}, strict=own, replica={}) == [("check/idle-external-labels", "tenant.isolation")]
    assert unit_findings({}, "strict", strict=own, replica={}) == []
