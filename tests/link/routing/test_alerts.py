"""The alerts of rule files have the labels that the files set."""

from typing import Any

from varve.link.routing.alerts import alerts, received_labels
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


def test_templated_labels_are_left_out_and_equal_alerts_are_listed_once() -> None:
    rules: Any = [{"alert": "A", "labels": {"a": "{{ $labels.b }}", "c": "d"}}, {"alert": "A", "labels": {"c": "d"}}]
    assert alerts([{"groups": [{"rules": rules}]}, {"groups": None}, None]) == [{"alertname": "A", "c": "d"}]


def test_the_name_of_an_alert_is_no_template_whatever_it_holds() -> None:
    assert alerts([{"groups": [{"rules": [{"alert": "{{ A }}", "expr": "up"}]}]}]) == [{"alertname": "{{ A }}"}]


def test_received_labels_add_missing_external_labels_and_the_tenant() -> None:
    environment = Environment("production", {"external_labels": {"cluster": "eu-1", "zone": "a"}}, Stack(()))
    found = received_labels({"zone": "b", "severity": "info", "tenant": "zeta"}, environment, "acme")
    assert found == {"cluster": "eu-1", "zone": "b", "severity": "info", "tenant": "acme"}
    assert received_labels({}, Environment("production", {}, Stack(())), "acme") == {"tenant": "acme"}


def test_received_labels_of_a_strict_tenant_have_its_own_external_labels_and_no_replica() -> None:
    platform: Any = {
        "external_labels": {"cluster": "eu-1", "zone": "a"},
        "replica": {"label": "replica", "variable": "HOSTNAME"},
        "strict": {"acme": {"external_labels": {"cluster": "own"}}},
    }
    environment = Environment("production", platform, Stack(()))
    assert received_labels({}, environment, "acme") == {"cluster": "own", "zone": "a", "tenant": "acme"}
    assert received_labels({}, environment, "bank") == {"cluster": "eu-1", "zone": "a", "tenant": "bank"}
