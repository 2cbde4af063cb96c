"""What each rule refuses is in tests/bad/dashboards.toml; these tests are about the many ways to write it."""

from typing import Any

import pytest

from varve.check.dashboard.text import check
from varve.model.diagnostic import Report
from varve.model.source import Document


def findings(**value: Any) -> list[str]:  # noqa: ANN401 - pieces of a dashboard
    report = Report()
    check(Document("traffic.json", value), report)
    return [each.rule.code for each in report]


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "[x](JAVA\tSCRIPT:alert(1))",
        "[x](java\x01script:alert(1))",
        "[x](java&Tab;script&#58;alert(1))",
        "[x](javascript\\:alert(1))",
        "[x](vbscript:x)",
        "[x](data: text/html;base64,x)",
        "<IMG src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "</p>",
        "<!--",
        "<x-y>",
        "<$tag>",
        "<[[tag]]>",
    ],
)
def test_markdown_that_could_run_is_refused(text: str) -> None:
    assert findings(description=text) == ["check/dashboard-script"]


@pytest.mark.parametrize(
    "text", ["1 < 2", "a <- b", "<3", "&lt;b&gt;", "JavaScript is a language", "[x](https://y/a:b)"]
)
def test_harmless_markdown_is_valid(text: str) -> None:
    assert findings(description=text) == []


@pytest.mark.parametrize(
    "value",
    [
        {"expr": "up <bool 1 or a <b"},
        {"regex": "/(?<text>.*)/"},
        {"legendFormat": "<none>"},
        {"type": "fetch"},
        {"api": "v1"},
        {"api": {"method": "GET"}},
        {"tooltip": {"mode": "multi"}},
    ],
)
def test_markup_in_other_fields_is_valid(value: dict[str, Any]) -> None:
    assert findings(panels=[value]) == []


@pytest.mark.parametrize("mode", ["html", "HTML", " Html\n"])
def test_the_mode_html_is_refused_in_any_spelling(mode: str) -> None:
    assert findings(mode=mode) == ["check/dashboard-script"]


@pytest.mark.parametrize(
    "url",
    [
        *("ja\nvas:x", "//evil.example", "/\t/evil.example", "/\\evil.example", "${a}:x", "java${a}:x"),
        *("[[a]]script:x", "${a}${b}", "$a$b", "[[a]]${b}", "${scheme}script:x", "$a:x", "${base}api/x"),
    ],
)
def test_links_that_a_browser_interprets_differently_are_refused(url: str) -> None:
    assert findings(links=[{"url": url}]) == findings(styles=[{"linkUrl": url}]) == ["check/bad-dashboard-link"]


@pytest.mark.parametrize(
    "url",
    [
        "${link:raw}",
        "${__data.fields.url}",
        "/d/${job:queryparam}",
        "${base}/x",
        "$base?y",
        "d/$uid",
        "http://${host}:9090",
        "?a=b:c",
    ],
)
def test_links_with_variables_are_valid(url: str) -> None:
    assert findings(links=[{"url": url}]) == []


@pytest.mark.parametrize("request_", [{"endpoint": "/api/x"}, {"url": "${base}"}, {"endpoint": {"a": 1}}])
@pytest.mark.parametrize("key", ["api", "fetch", "infinity"])
def test_requests_are_refused_anywhere(key: str, request_: dict[str, Any]) -> None:
    override = {"id": "actions", "value": [{"type": key, key: request_}]}
    assert "check/dashboard-action" in findings(panels=[{"fieldConfig": {"overrides": [{"properties": [override]}]}}])
