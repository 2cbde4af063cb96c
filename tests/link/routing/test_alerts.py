"""The alerts of rule files, with the labels that the files say."""

from typing import Any

from varve.link.routing.alerts import alerts, arrived
from varve.model.layer import Stack
from varve.model.unit import Environment


def test_alerts_have_the_labels_of_their_group_and_their_own() -> None:
    file: Any = {
        "groups": [
            {
                "labels": {"tenant": "acme", "severity": "none"},
                "rules": [
                    {"alert": "B", "expr": "up", "labels": {"severity": "critical"}},
                    {"alert": "A", "expr": "up"},
                    {"record": "r", "expr": "up"},
                ],
            }
        ]
    }
    assert alerts([file]) == [
        {"tenant": "acme", "severity": "none", "alertname": "A"},
        {"tenant": "acme", "severity": "critical", "alertname": "B"},
    ]


def test_a_label_that_only_prometheus_knows_is_left_out_and_what_is_alike_is_said_once() -> None:
    rules: Any = [{"alert": "A", "labels": {"a": "{{ $labels.b }}", "c": "d"}}, {"alert": "A", "labels": {"c": "d"}}]
    assert alerts([{"groups": [{"rules": rules}]}, {"groups": None}, None]) == [{"alertname": "A", "c": "d"}]


def test_the_name_of_an_alert_is_no_template_whatever_it_holds() -> None:
    assert alerts([{"groups": [{"rules": [{"alert": "{{ A }}", "expr": "up"}]}]}]) == [{"alertname": "{{ A }}"}]


def test_an_alert_arrives_with_the_external_labels_that_it_does_not_have_and_with_its_tenant() -> None:
    environment = Environment("production", {"external_labels": {"cluster": "eu-1", "zone": "a"}}, Stack(()))
    found = arrived({"zone": "b", "severity": "info", "tenant": "zeta"}, environment, "acme")
    assert found == {"cluster": "eu-1", "zone": "b", "severity": "info", "tenant": "acme"}
    assert arrived({}, Environment("production", {}, Stack(())), "acme") == {"tenant": "acme"}


def test_alerts_of_a_strict_tenant_arrive_with_what_its_own_prometheus_says_and_without_the_replica() -> None:
    platform: Any = {
        "external_labels": {"cluster": "eu-1", "zone": "a"},
        "replica": {"label": "replica", "variable": "HOSTNAME"},
        "strict": {"acme": {"external_labels": {"cluster": "own"}}},
    }
    environment = Environment("production", platform, Stack(()))
    assert arrived({}, environment, "acme") == {"cluster": "own", "zone": "a", "tenant": "acme"}
    assert arrived({}, environment, "bank") == {"cluster": "eu-1", "zone": "a", "tenant": "bank"}
