"""An environment of three tenants, one of each isolation, with everything servers load, and ways to corrupt it."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, NamedTuple

from tests.emit.alertmanager.notifying import sealed
from tests.emit.repository import Changed, build, findings, repository
from varve import pipeline
from varve.emit.alertmanager import frame
from varve.language import canonical
from varve.link import isolation
from varve.link.linking import Linking, Member
from varve.model.artifact import Build, Proven
from varve.model.diagnostic import Diagnostic, Report
from varve.model.source import Source, Value
from varve.model.unit import Environment
from varve.read import artifact

PRODUCTION = """
platform:
  external_labels: {environment: production}
  targets: {prometheus: {version: "3.5"}, alertmanager: {version: "0.34"}, grafana: {version: "13.0"}}
  alertmanager: {url: "https://alerts.example"}
  alertmanagers: ["alerts.example:9093"]
  receiver: {slack: {channel: "#platform", url: {secret: slack/webhook}}}
  heartbeat: {url: {secret: beat/shared}, interval: 5m}
  smtp: {smarthost: "mail.example:587", from: alerts@example.org, username: varve, password: {secret: mail/password}}
  blackbox: {address: "blackbox:9115"}
  remote_write:
    mimir: {url: "https://mimir.example/push", authorization: {credentials: {secret: mimir/token}}}
    apart: {url: "https://apart.example/push", tenants: {header: X-Scope-OrgID, rest: infra}}
    some: {url: "https://some.example/push", tenants: {header: X-Scope-OrgID, of: partial, rest: infra}}
  grafana:
    url: https://grafana.example/
    dashboards: /var/lib/varve
    datasources:
      logical: {url: "http://prometheus:9090"}
      partial: {url: "http://mimir:9009/prometheus", header: X-Scope-OrgID}
  strict:
    bank:
      alertmanagers: ["alerts.bank.example:9093"]
      alertmanager_url: https://alerts.bank.example
      heartbeat_url: {secret: beat/bank}
      prometheus_url: "http://prometheus-bank:9090"
      grafana_org: 7
    vault:
      alertmanagers: ["alerts.vault.example:9093"]
      alertmanager_url: https://alerts.vault.example
      heartbeat_url: {secret: beat/vault}
      prometheus_url: "http://prometheus-vault:9090"
      grafana_org: 8
"""
TENANT = "tenant: {name: %s, tier: gold, region: eu-west-1, isolation: %s, owners: [sre@%s.example]}\n"
NOTIFY = """
notify:
  receivers:
    oncall: {webhook: {url: {secret: hook/url}}}
    team: {email: {to: [team@%s.example]}}
  hours: {business: {days: "monday:friday", from: "09:00", to: "18:00"}}
  routes:
    critical: {receivers: [oncall, team]}
    warning: {receivers: [team], hours: business}
  escalation: [{severity: warning, after: 1h, receivers: [oncall]}]
"""
CHECKOUT = """
scrape:
  app:
    targets: ["checkout.%s.example:9090"]
    basic_auth: {username: prometheus, password: {secret: hook/url}}
packs: {http-service: {latency_p99: 300ms, error_ratio: 0.005}}
probes: {home: {http: {url: "https://checkout.%s.example/healthz"}}}
records: {"checkout:queue": {expr: 'sum by (job) (queue_depth{job="checkout"})'}}
alerts:
  QueueStuck:
    expr: checkout:queue > 100
    severity: critical
    summary: 'The queue of {{ $labels.job }} holds {{ $value }}'
"""
VENDOR = """
groups:
  - name: node
    labels: {team: hosts}
    rules:
      - {record: 'node:load', expr: 'avg(node_load1) by (instance)'}
      - alert: NodeDown
        expr: up == 0
        labels: {severity: warning}
        annotations: {summary: '{{ $labels.instance }}'}
"""
RATE = 'sum(rate(seen_total{job=~"$job"}[$__rate_interval]))'
LIMIT = "up > $limit"
DASHBOARD = {
    "title": "Traffic",
    "schemaVersion": 39,
    "panels": [
        {"id": 1, "type": "stat", "targets": [{"refId": "A", "expr": RATE}]},
        {"id": 2, "type": "row", "panels": [{"id": 3, "type": "stat", "targets": [{"refId": "A", "expr": LIMIT}]}]},
    ],
    "templating": {
        "list": [
            {"name": "job", "type": "query", "query": {"query": "label_values(seen_total, job)", "refId": "x"}},
            {"name": "limit", "type": "custom", "query": "1,2,5"},
        ]
    },
    "annotations": {"list": [{"name": "Deploys", "expr": "changes(built[5m]) > 0"}]},
}
TENANTS: Mapping[str, str] = {"acme": "logical", "bank": "strict", "crew": "partial"}


def sources() -> dict[str, str | None]:
    """The changes of the base repository that make this one."""
    made: dict[str, str | None] = {
        "environments/production.yaml": PRODUCTION,
        "environments/staging.yaml": "platform: {blackbox: {address: 'b:9115'}}\n",
        **sealed("environments/secrets", PRODUCTION),
    }
    for tenant, kind in TENANTS.items():
        overlay = NOTIFY.replace("%s", tenant)
        made |= {
            f"tenants/{tenant}/tenant.yaml": TENANT % (tenant, kind, tenant),
            f"tenants/{tenant}/overlays/production.yaml": overlay,
            f"tenants/{tenant}/services/checkout.yaml": CHECKOUT.replace("%s", tenant),
            f"tenants/{tenant}/rules/node.yaml": VENDOR,
            f"tenants/{tenant}/dashboards/traffic.json": json.dumps(DASHBOARD),
            **sealed(f"tenants/{tenant}/secrets", overlay),
        }
    return made


@cache
def made() -> Build:
    """The build of this repository."""
    found = build(sources())
    assert findings(found) == []
    return found


@cache
def values() -> Mapping[str, Value]:
    """Every artifact of production, parsed, by its path."""
    report = Report()
    found = {
        path: artifact.read(Source(path, "", each.data), report)
        for path, each in made().artifacts.items()
        if path.startswith("build/production/") and not path.endswith(".tmpl")
    }
    assert not list(report)
    return found


@cache
def environment() -> Environment:
    report = Report()
    opened = pipeline.open_repository(repository(sources()), report)
    assert opened is not None
    found = pipeline.resolve_environment(opened, "production", report)
    assert found is not None
    return found


class Verdict(NamedTuple):
    """The result of the proof of an environment."""

    proven: Proven
    diagnostics: tuple[Diagnostic, ...]

    @property
    def messages(self) -> list[str]:
        """The messages of the diagnostics."""
        return [each.message for each in self.diagnostics]


Spoil = Callable[[Any], object]


def proven(path: str = "", spoil: Spoil = lambda _: None, *, fresh: bool = True) -> Verdict:
    """The verdict with one file corrupted; `path` is relative to the environment's folder."""
    files = dict(values())
    full = f"build/production/{path}"
    if path:
        files[full] = deepcopy(files[full])
        spoil(files[full])
    return judged(files, fresh=fresh)


def judged(files: Mapping[str, Value], *, fresh: bool = True) -> Verdict:
    """The verdict on these files; the shared ones and the main files of strict tenants are those that were linked."""
    report = Report()
    texts = [path for path in made().artifacts if path.startswith("build/production/") and path.endswith(".tmpl")]
    paths = [*files, *texts]
    linked = tuple(path for path in paths if "/shared/" in path or path.endswith("/prometheus.yaml"))
    members = tuple(
        Member(tenant, kind == "strict", fresh, tuple(sorted(path for path in files if _is_of(path, tenant))))
        for tenant, kind in TENANTS.items()
    )
    members = tuple(each._replace(files=tuple(path for path in each.files if path not in linked)) for each in members)
    platform = frame(environment()) if "build/production/shared/alertmanager.yaml" in files else {}
    linking = Linking(environment(), members, lambda *_: {}, files.get, platform, report, data=_written(files))
    reporter = isolation.Reporter(report, linking.source, {})
    contributions = [isolation.Contribution(each, linking.environment, linking.frame) for each in members if each.fresh]
    proofs = {each.member.tenant: isolation.prove_unit(each, files.get, reporter) for each in contributions}
    counts = [*(each.proven for each in proofs.values()), isolation.prove_members(linking, proofs)]
    if not report.broken:
        counts.append(isolation.prove(linking, linked))
    return Verdict(isolation.total(counts), tuple(report))


def _written(files: Mapping[str, Value]) -> Callable[[str], bytes]:
    return lambda path: canonical.yaml(files.get(path), ["Generated."])


def _is_of(path: str, tenant: str) -> bool:
    return path.split("/")[2:4] == ["tenants", tenant]


def changed() -> Changed:
    """The same repository with everything built."""
    return {**sources(), **{path: each.data.decode() for path, each in made().artifacts.items()}}
