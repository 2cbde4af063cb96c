"""The base repository with everything that can be asked about, built, and how one asks about a line of it."""

from functools import cache

from tests.emit.repository import Changed, built, repository
from varve import pipeline
from varve.inquire.blame.blame import Blame, blame
from varve.inquire.blame.subject import Subject, subject_of
from varve.inquire.blame.trial import split
from varve.model.diagnostic import Report
from varve.pipeline.opening import Opened, unit_of

TENANT = "tenants/acme/tenant.yaml"
PRODUCTION = "environments/production.yaml"
CHECKOUT = "tenants/acme/services/checkout.yaml"
RULES = "build/production/tenants/acme/rules/checkout.yaml"
ROUTES = "build/production/tenants/acme/alertmanager.yaml"
SHARED = "build/production/shared/alertmanager.yaml"
MAIN = "build/production/shared/prometheus.yaml"

CHANGED: Changed = {
    PRODUCTION: """
platform:
  external_labels: {environment: production}
  targets: {alertmanager: {version: "0.34"}, grafana: {version: "12.0"}}
  grafana:
    url: "https://grafana.example"
    dashboards: /var/lib/dashboards
    datasources: {logical: {url: "https://prometheus.example"}}
  alertmanager: {url: "https://alerts.example"}
  alertmanagers: ["alerts.example:9093"]
  receiver: {email: {to: [ops@platform.example]}}
  smtp: {smarthost: "mail.example:587", from: alerts@platform.example}
""",
    "tenants/acme/overlays/production.yaml": """
notify:
  receivers: {team: {email: {to: [sre@acme.example]}}}
  routes: {critical: {receivers: [team]}, warning: {receivers: [team], repeat: 12h}}
""",
    "tenants/acme/services/search.yaml": """
owner: search
alerts:
  SearchDown: {expr: up == 0, severity: critical, summary: Search is down}
  SearchSlow: {expr: search_seconds > 2, for: 5m, severity: warning, summary: Search is slow}
""",
    "tenants/acme/rules/vendor.yaml": """
groups:
  - name: vendor
    rules:
      - {alert: VendorDown, expr: vendor_up == 0, for: 3m, labels: {severity: warning}}
      - {record: vendor:up:sum, expr: sum(vendor_up)}
""",
}


def opened(changed: Changed = CHANGED) -> Opened:
    found = pipeline.open_repository(repository(built(changed)), Report())
    assert found is not None
    return found


@cache
def subject(path: str) -> Subject:
    report = Report()
    found = subject_of(opened(), unit_of(path), path, report)
    assert found is not None, list(report)
    return found


def lines(path: str) -> list[str]:
    return split(subject(path).made(Report()) or b"")


def blamed(path: str, text: str) -> Blame:
    """Who is to blame for the first line with this text."""
    return blame(subject(path), next(at for at, line in enumerate(lines(path)) if text in line), Report())


def causes(found: Blame) -> list[tuple[str, str, str]]:
    """How, by which path, and in which file."""
    return [(each.relation, ".".join(map(str, each.word.keys)), each.word.spots[0].file) for each in found.touches]
