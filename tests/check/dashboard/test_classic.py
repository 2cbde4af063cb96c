"""What each rule refuses is in tests/bad/dashboards.toml; these tests are about what no rule may refuse."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varve.check.dashboard.classic import check
from varve.model.diagnostic import Report
from varve.model.source import Document, Value

PATH = "tenants/acme/dashboards/traffic.json"


def findings(**value: object) -> list[str]:
    report = Report()
    whole = json.loads(json.dumps({"title": "Traffic", "schemaVersion": 39, "panels": [], **value}))
    valid = check("traffic", Document(PATH, whole), report)
    assert valid is (len(report) == 0)
    return [each.rule.code for each in report]


def test_a_dashboard_may_be_empty() -> None:
    assert findings() == []


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example/",
        "HTTP://acme.example/",
        "/d/up",
        "?var-job=a",
        "#top",
        "${link}",
        "d/up?${__url_time_range}",
        "",
    ],
)
def test_links_to_pages_are_valid(url: str) -> None:
    assert findings(links=[{"title": "Out", "type": "link", "url": url}]) == []


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " JavaScript :alert(1)", "data:text/html,x", "\\\\host\\x", "ftp://x"]
)
def test_links_to_anything_else_are_refused(url: str) -> None:
    assert findings(links=[{"title": "Out", "type": "link", "url": url}]) != []


def test_variables_of_grafana_itself_are_known() -> None:
    query = "rate(up[$__rate_interval]) * $__range_s + $__interval_ms > $__auto_interval_step"
    assert findings(panels=[{"id": 1, "type": "stat", "targets": [{"expr": query}]}]) == []


def test_the_inputs_of_an_export_are_variables() -> None:
    panel = {"id": 1, "type": "stat", "targets": [{"expr": 'up{zone="${VAR_ZONE}"}'}]}
    assert findings(panels=[panel], __inputs=[{"name": "VAR_ZONE", "type": "constant", "value": "eu"}]) == []


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 99) | st.sampled_from(["", "row", "datasource", "html", "up{", "$x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "panels", "targets", "expr", "datasource", "list", "name", "query", "url"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["panels", "templating", "annotations", "links", "tags", "__inputs"]), ANY))
def test_any_dashboard_is_checked_without_an_exception(value: dict[str, Value]) -> None:
    assert isinstance(findings(**value), list)
