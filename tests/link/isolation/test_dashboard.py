"""The queries of a dashboard; other breaches of dashboards are in `../test_isolation.py`."""

from typing import Any, Final

import pytest

from tests.link.isolation.confined import values
from varve.link.isolation import dashboard
from varve.link.isolation.evidence import Facts, File, Proof

PATH: Final = "build/production/tenants/acme/dashboards/raw/traffic.json"
SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}


def proof(**fields: object) -> Proof:
    original: Any = values()[PATH]
    value: Any = {**original, **fields}
    return dashboard.prove(File(PATH, "acme", strict=False, value=value), Facts("production", "/run"))


def with_variable(query: object, **fields: object) -> Proof:
    """The proof of a dashboard with a query variable."""
    original: Any = values()[PATH]
    source = original["templating"]["list"][0]
    variable = {"type": "query", "name": "a", "datasource": SOURCE, "query": query, **fields}
    return proof(panels=[], annotations={}, templating={"list": [source, variable]})


@pytest.mark.parametrize(
    "query",
    [
        'label_values(up{tenant="acme"}, job)',
        'label_values({tenant="acme"}, $label)',
        'query_result(up{tenant="acme"})',
        {"query": 'label_values(up{tenant="acme",job=~"a,b"}, job)', "qryType": 1, "refId": "A"},
        'up{tenant="acme"}',
        "",
        None,
    ],
    ids=str,
)
def test_a_variable_of_the_tenants_series_passes(query: object) -> None:
    assert with_variable(query).breaches == ()


@pytest.mark.parametrize(
    "query",
    [
        "label_values(job)",
        "label_values(up, job)",
        'label_values(up{tenant="acme"} or up, job)',
        'label_values(up{tenant="acme"}, job) or up',
        "query_result(up)",
        "metrics(up)",
        "label_names()",
        "up",
        {"query": "up"},
        {"query": 'up{tenant="acme"}', "labelFilters": []},
    ],
    ids=str,
)
def test_a_variable_with_other_tenants_series_is_refused(query: object) -> None:
    assert with_variable(query).breaches


def test_a_query_to_grafana_itself_reads_no_series() -> None:
    grafana = {"type": "grafana", "uid": "-- Grafana --"}
    assert with_variable("up", datasource=grafana).breaches == ()
    target = {"expr": "up", "datasource": grafana}
    assert proof(panels=[{"type": "stat", "targets": [target], "datasource": grafana}], annotations={}).breaches == ()


def test_a_query_with_grafanas_source_uses_that_of_its_panel() -> None:
    target = {"expr": 'up{tenant="bank"}', "datasource": {"uid": "grafana"}}
    panel = {"type": "stat", "targets": [target], "datasource": SOURCE}
    assert [each.keys for each in proof(panels=[panel], annotations={}).breaches] == [
        ("panels", 0, "targets", 0, "expr")
    ]
    mixed = {**panel, "datasource": {"type": "datasource", "uid": "-- Mixed --"}}
    assert proof(panels=[mixed], annotations={}).breaches == ()


def test_in_a_mixed_panel_each_query_sets_its_source() -> None:
    mixed = {"type": "datasource", "uid": "-- Mixed --"}
    panel = {"type": "stat", "targets": [{"expr": "up", "datasource": SOURCE}], "datasource": mixed}
    assert [each.keys for each in proof(panels=[panel], annotations={}).breaches] == [
        ("panels", 0, "targets", 0, "expr")
    ]
    panel = {"type": "stat", "targets": [{"expr": "up", "datasource": mixed}], "datasource": mixed}
    assert proof(panels=[panel], annotations={}).breaches


def test_queries_are_counted() -> None:
    assert proof().queries == 4


def test_cached_proofs_of_panels_depend_on_the_tenant() -> None:
    value: Any = values()[PATH]
    expected = {("panels", 0, "targets", 0, "expr")}
    facts = Facts("production", "/run")
    assert dashboard.prove(File(PATH, "acme", strict=False, value=value), facts).breaches == ()
    of_bank = File(PATH.replace("acme", "bank"), "bank", strict=False, value=value)
    assert expected <= {each.keys for each in dashboard.prove(of_bank, facts).breaches}


def test_cached_proofs_of_panels_depend_on_the_granted_types() -> None:
    value: Any = values()[PATH]
    file = File(PATH, "acme", strict=False, value={**value, "panels": [{"type": "own-panel"}]})
    granted = dashboard.prove(file, Facts("production", "/run", frozenset({"own-panel"})))
    assert granted.breaches == ()
    assert [each.keys for each in dashboard.prove(file, Facts("production", "/run")).breaches] == [
        ("panels", 0, "type")
    ]
