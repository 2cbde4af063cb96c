from typing import Any

import pytest

from tests.emit.grafana.repository import dashboards, raw
from varve.language.grafana.uid import uid

OURS = {"type": "prometheus", "uid": "${datasource}"}


def made(**fields: object) -> dict[str, Any]:
    found: dict[str, Any] = dashboards(raw(**fields))["raw/traffic"]
    return found


def test_what_a_grafana_instance_added_is_removed() -> None:
    noise = {"id": 7, "version": 12, "iteration": 1, "gnetId": 3, "__requires": [], "__elements": {}, "style": "dark"}
    assert made(**noise) == made()


def test_variable_values_in_copies_of_repeated_panels_are_removed() -> None:
    copy = {"scopedVars": {"job": {"value": "ledger"}}, "repeatPanelId": 7, "repeatIteration": 3}
    panel = {"id": 1, "type": "stat", "targets": [{"expr": "up"}]}
    assert made(panels=[{**panel, **copy}]) == made(panels=[panel])


def test_the_uid_the_tags_and_the_lock_are_varves() -> None:
    found = made(uid="mine", tags=["web"], editable=True)
    assert found["uid"] == uid("production", "acme", "raw", "traffic")
    assert found["tags"] == ["web", "environment:production", "tenant:acme"]
    assert found["editable"] is False


@pytest.mark.parametrize(
    "source",
    [
        pytest.param({"type": "prometheus", "uid": "of-another-tenant"}, id="by uid"),
        pytest.param("Prometheus", id="by name"),
        pytest.param("${DS_PROMETHEUS}", id="by input"),
        pytest.param({"uid": "$source"}, id="by variable"),
        pytest.param(None, id="the default of the organisation"),
    ],
)
def test_every_data_source_becomes_the_tenants(source: object) -> None:
    panel = {"id": 1, "type": "stat", "datasource": source, "targets": [{"expr": "up", "datasource": source}]}
    row = {"id": 2, "type": "row", "panels": [{**panel, "id": 3}]}
    variable = {"name": "job", "type": "query", "query": "label_values(job)", "datasource": source}
    note = {"name": "Deploys", "expr": "up", "datasource": source}
    found = made(panels=[panel, row], templating={"list": [variable]}, annotations={"list": [note]})
    sources = [
        found["panels"][0]["datasource"],
        found["panels"][0]["targets"][0]["datasource"],
        found["panels"][1]["panels"][0]["datasource"],
        found["templating"]["list"][1]["datasource"],
        found["annotations"]["list"][0]["datasource"],
    ]
    assert sources == [OURS] * 5


def test_a_missing_data_source_is_added() -> None:
    """Without one, Grafana would read from the organisation's default, whoever owns that."""
    panel = {"id": 1, "type": "stat", "targets": [{"expr": "up"}]}
    found = made(panels=[panel], templating={"list": [{"name": "job", "type": "query", "query": "label_values(job)"}]})
    assert found["panels"][0]["datasource"] == found["panels"][0]["targets"][0]["datasource"] == OURS
    assert found["templating"]["list"][1]["datasource"] == OURS


def test_built_in_sources_are_kept() -> None:
    other = {"type": "datasource", "uid": "-- Dashboard --"}
    panel = {"id": 1, "type": "stat", "datasource": "-- Dashboard --", "targets": [{"panelId": 2}]}
    note = {"name": "Annotations & Alerts", "builtIn": 1, "datasource": "-- Grafana --"}
    found = made(panels=[panel], annotations={"list": [note]})
    assert found["panels"][0]["datasource"] == found["panels"][0]["targets"][0]["datasource"] == other
    assert found["annotations"]["list"][0]["datasource"] == {"type": "grafana", "uid": "-- Grafana --"}


def test_the_queries_of_a_mixture_are_the_tenants() -> None:
    panel = {"id": 1, "type": "stat", "datasource": "-- Mixed --", "targets": [{"expr": "up"}]}
    assert made(panels=[panel])["panels"][0]["targets"][0]["datasource"] == OURS


def test_inputs_of_an_export_are_resolved() -> None:
    inputs = [
        {"name": "DS_PROMETHEUS", "type": "datasource", "pluginId": "prometheus"},
        {"name": "VAR_ZONE", "type": "constant", "value": "eu"},
    ]
    variable = {"name": "zone", "type": "constant", "query": "${VAR_ZONE}"}
    text = {"id": 1, "type": "text", "options": {"content": "of ${DS_PROMETHEUS}, not ${OTHER}"}}
    found = made(__inputs=inputs, panels=[text], templating={"list": [variable]})
    assert found["templating"]["list"][1]["query"] == "eu"
    assert found["panels"][0]["options"]["content"] == "of ${datasource}, not ${OTHER}"


def test_queries_are_scoped_to_the_tenant_with_the_inputs_filled_in() -> None:
    inputs = [{"name": "ZONE", "type": "constant", "value": 'eu",tier="gold'}]
    panel = {"id": 1, "type": "stat", "targets": [{"expr": 'up{zone="${ZONE}"}'}]}
    (target,) = made(__inputs=inputs, panels=[panel])["panels"][0]["targets"]
    assert target["expr"] == 'up{tenant="acme",zone="eu",tier="gold"}'


def test_expressions_of_an_export_stay_expressions() -> None:
    inputs = [{"name": "DS_EXPRESSION", "type": "datasource", "pluginId": "__expr__"}]
    source = {"type": "__expr__", "uid": "${DS_EXPRESSION}", "name": "Expression"}
    targets = [{"refId": "A", "expr": "up"}, {"refId": "B", "type": "math", "expression": "$A", "datasource": source}]
    panel = {"id": 1, "type": "stat", "datasource": {"uid": "-- Mixed --"}, "targets": targets}
    found = made(__inputs=inputs, panels=[panel])["panels"][0]["targets"]
    assert [each["datasource"] for each in found] == [OURS, {"type": "__expr__", "uid": "__expr__"}]


def test_variables_of_data_sources_are_replaced_by_one() -> None:
    found = made(templating={"list": [{"name": "source", "type": "datasource", "query": "prometheus"}]})
    assert [each["name"] for each in found["templating"]["list"]] == ["datasource"]


def test_a_refresh_that_is_off_is_off() -> None:
    assert made(refresh=False)["refresh"] == ""
    assert made(refresh="5m")["refresh"] == "5m"
