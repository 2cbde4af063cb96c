"""A repository whose production has a Grafana, with a service that uses every pack, and its dashboards."""

import json
from typing import Any

from tests.emit.repository import Changed, task
from varve.emit import grafana
from varve.model.unit import Unit

PRODUCTION = """
platform:
  external_labels: {environment: production}
  targets: {prometheus: {version: "3.5"}, grafana: {version: "13.0"}}
  blackbox: {address: "blackbox:9115"}
  grafana:
    url: https://grafana.example/
    dashboards: /var/lib/varve
    datasources:
      logical: {url: "http://prometheus:9090"}
      partial: {url: "http://mimir:9009/prometheus", header: X-Scope-OrgID}
  strict:
    acme: {grafana_org: 7, prometheus_url: "http://prometheus-acme:9090", alertmanager_url: "http://alertmanager-acme"}
"""
CHECKOUT = """
description: {fr: La caisse, en: The till}
owner: payments
runbook: https://runbooks.acme.example/checkout
scrape: {app: {targets: ["checkout:9090"]}}
packs:
  http-service: {latency_p99: 300ms, error_ratio: 0.005}
  host: {}
slos:
  availability: {objective: 99.95, window: 30d, errors: 'bad_total{job="checkout"}', total: 'all_total{job="checkout"}'}
probes:
  home: {http: {url: "https://checkout.acme.example/healthz"}}
"""
TENANT = """
tenant: {name: ACME, tier: gold, region: eu-west-1, isolation: %s, owners: [sre@acme.example]}
contact: {slack: "#acme-alerts"}
"""
QUOTAS = "locale: %s\ntimezone: Europe/Paris\nquotas: {series: 1000}\nplatform:\n  prometheus: {scrape_interval: 30s, evaluation_interval: 30s}\n  targets: {prometheus: {version: '3.5'}}\n  secrets: {root: /run/secrets/varve}\n"  # noqa: E501 - a file
FULL: Changed = {
    "environments/production.yaml": PRODUCTION,
    "tenants/acme/services/checkout.yaml": CHECKOUT,
    "environments/staging.yaml": "platform: {external_labels: {environment: staging}, blackbox: {address: 'b:9115'}}\n",
}


def isolated(isolation: str) -> Changed:
    """The same, with a tenant of another isolation."""
    return {**FULL, "tenants/acme/tenant.yaml": TENANT % isolation}


def with_locale(locale: str) -> Changed:
    """The same, with a tenant that has another locale and a quota."""
    return {**FULL, "environments/defaults.yaml": QUOTAS % locale}


def raw(**fields: object) -> dict[str, str | None]:
    """The same, with a dashboard of the tenant's own with this content."""
    text = json.dumps({"title": "Traffic", "schemaVersion": 39, "panels": [], **fields})
    return {**FULL, "tenants/acme/dashboards/traffic.json": text}


def dashboards(changed: Changed = FULL, unit: Unit = Unit("acme", "production")) -> dict[str, Any]:  # noqa: B008
    """The dashboards of a unit by name; nothing may be reported."""
    unit_task = task(changed, unit)
    made = {artifact.path: artifact.data for artifact in grafana.emit(unit_task)}
    assert [each.message for each in unit_task.report] == []
    prefix = f"build/{unit.environment}/tenants/{unit.tenant}/dashboards/"
    return {path.removeprefix(prefix).removesuffix(".json"): json.loads(data) for path, data in made.items()}


def panels(dashboard: dict[str, Any]) -> dict[str, Any]:
    """The panels by title, without the rows."""
    return {each["title"]: each for each in dashboard["panels"] if each["type"] != "row"}


def queries(dashboard: dict[str, Any]) -> list[str]:
    """Every query of every panel."""
    return [target["expr"] for each in dashboard["panels"] for target in each.get("targets", [])]
