"""The panels that are allowed; other breaches of dashboards are in `../test_isolation.py`."""

from typing import Any, Final

import pytest

from varve.link.isolation.panel import panel_breaches

GRANTED: Final = frozenset({"acme-clock-panel"})


@pytest.mark.parametrize(
    "panel",
    [
        {"type": "stat"},
        {"type": "acme-clock-panel"},
        {"type": "row", "panels": [{"type": "stat"}]},
        {"type": "stat", "panels": None, "targets": None, "alert": None},
        {"type": "text", "options": {"mode": "markdown", "content": "html"}},
        {"type": "canvas", "options": {"api": {"endpoint": ""}}},
        {"type": "stat", "targets": [{"queryType": "randomWalk", "datasource": "grafana"}]},
        {"type": "stat", "targets": [{"queryType": "list", "datasource": "${datasource}"}]},
    ],
    ids=str,
)
def test_grafanas_own_panels_pass(panel: dict[str, Any]) -> None:
    assert list(panel_breaches([panel], ("panels",), GRANTED)) == []


@pytest.mark.parametrize(
    ("panel", "keys"),
    [
        ({}, ("type",)),
        ({"type": "zoo"}, ("type",)),
        ({"type": "stat", "panels": [{"type": "stat"}]}, ("panels", 0)),
        ({"type": "row", "panels": [{"type": "row"}]}, ("panels", 0)),
        ({"type": "row", "panels": [{"type": "text", "mode": "html"}]}, ("panels", 0, "mode")),
        ({"type": "stat", "libraryPanel": None}, ("libraryPanel",)),
        ({"type": "stat", "alert": {"a": "b"}}, ("alert",)),
        ({"type": "text", "options": {"mode": " HTML"}}, ("options", "mode")),
        ({"type": "canvas", "options": {"a": [{"api": {"endpoint": "/a"}}]}}, ("options", "a", 0, "api")),
        ({"type": "stat", "targets": [{"queryType": "list", "datasource": "grafana"}]}, ("targets", 0, "queryType")),
        (
            {"type": "stat", "datasource": {"uid": "-- Grafana --"}, "targets": [{"queryType": ["list"]}]},
            ("targets", 0, "queryType"),
        ),
    ],
    ids=str,
)
def test_other_panels_are_refused(panel: dict[str, Any], keys: tuple[str | int, ...]) -> None:
    assert [each.keys for each in panel_breaches([panel], ("panels",), GRANTED)] == [("panels", 0, *keys)]
