"""Dashboards are subjects: the tenant's own as written, those of packs as generated."""

from tests.policy.judging import made
from varve.model.diagnostic import Place
from varve.model.policy import Scope

GRAFANA = {
    "environments/production.yaml": """\
platform:
  external_labels: {environment: production}
  targets: {grafana: {version: "13.0"}}
  grafana:
    url: https://grafana.example
    dashboards: /var/lib/grafana/dashboards
    datasources: {logical: {url: "https://prometheus.example"}}
"""
}
OWN = '{"title": "Mine", "schemaVersion": 39, "panels": []}\n'


def test_a_dashboard_has_its_origin() -> None:
    found = {
        each.data["name"]: each for each in made(Scope.DASHBOARD, {**GRAFANA, "tenants/acme/dashboards/mine.json": OWN})
    }
    assert {name: (each.data["origin"], each.name) for name, each in found.items()} == {
        "checkout": ("pack", "services.checkout"),
        "_tenant": ("pack", "tenant"),
        "ledger": ("pack", "services.ledger"),
        "other": ("pack", "services.other"),
        "mine": ("own", "dashboards.mine"),
    }
    assert found["mine"].data["value"] == {"title": "Mine", "schemaVersion": 39, "panels": []}
    assert found["mine"].written
    assert found["mine"].written.place == Place("tenants/acme/dashboards/mine.json")
    made_one = found["checkout"].data["value"]
    assert isinstance(made_one, dict)
    assert "panels" in made_one


def test_without_a_grafana_there_are_no_dashboards() -> None:
    assert made(Scope.DASHBOARD, {"tenants/acme/dashboards/mine.json": OWN}) == []
