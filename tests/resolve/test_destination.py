"""Alerts have a link only if the environment has the system that it leads to."""

import pytest

from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment
from varve.resolve.destination import links

AM: Map = {"version": "0.34"}
CASES: dict[str, tuple[Map, tuple[str, ...]]] = {
    "no other system": ({"targets": {}}, ("runbook",)),
    "a Grafana": (
        {"targets": {"grafana": {"version": "13.0"}}, "grafana": {"url": "https://g.example"}},
        ("runbook", "dashboard"),
    ),
    "an Alertmanager": (
        {"targets": {"alertmanager": AM}, "alertmanager": {"url": "https://a.example"}},
        ("runbook", "silence"),
    ),
    "an Alertmanager that nobody can open": ({"targets": {"alertmanager": AM}}, ("runbook",)),
    "addresses of systems that are no targets": (
        {"targets": {}, "alertmanager": {"url": "https://a.example"}, "grafana": {"url": "https://g.example"}},
        ("runbook",),
    ),
}


@pytest.mark.parametrize(("platform", "expected"), CASES.values(), ids=CASES)
def test_links(platform: Map, expected: tuple[str, ...]) -> None:
    assert links(Environment("production", platform, Stack(()))) == expected
