"""Repositories of any size and of two kinds, with realistic layers and a realistic mix; deterministic."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ENVIRONMENTS: Final = ("dev", "staging", "production")
LOCALES: Final = ("fr_FR", "en_GB", "de_DE", "es_ES", "it_IT")
TIERS: Final = ("gold", "silver")
REGIONS: Final = ("eu-west", "us-east")

SETTINGS: Final = """\
apiVersion: varve/v1
environments: [dev, staging, production]
layers:
  - {name: defaults, priority: 0, owner: platform, path: environments/defaults}
  - {name: tier, priority: 10, owner: platform, path: "environments/tiers/%{tenant.tier}"}
  - {name: region, priority: 20, owner: platform, path: "environments/regions/%{tenant.region}"}
  - {name: environment, priority: 30, owner: platform, path: "environments/%{environment}"}
  - {name: tenant, priority: 40, owner: tenant, path: "tenants/%{tenant.id}/tenant"}
  - {name: users, priority: 50, owner: tenant, path: "tenants/%{tenant.id}/users/*", into: "users.%{file.stem}"}
  - name: services
    priority: 50
    owner: tenant
    path: "tenants/%{tenant.id}/services/*"
    into: "services.%{file.stem}"
  - {name: overlay, priority: 60, owner: tenant, path: "tenants/%{tenant.id}/overlays/%{environment}", optional: true}
  - {name: grants, priority: 70, owner: platform, path: "environments/tenants/%{tenant.id}", optional: true}
"""

DEFAULTS: Final = """\
locale: en_GB
timezone: Etc/UTC
labels: {region: "%{tenant.region}", tier: "%{tenant.tier}"}
quotas: {series: 20000, samples_per_second: 1000}
locks: [quotas]
platform:
  prometheus: {scrape_interval: 30s, evaluation_interval: 30s}
  targets: {prometheus: {version: "3.5"}, alertmanager: {version: "0.34"}}
  alertmanager: {url: "https://alertmanager.example"}
  alertmanagers: ["alertmanager:9093"]
  receiver: {slack: {channel: "#platform", url: {secret: slack/webhook}}}
  smtp: {smarthost: "mail.example:587", from: alerts@example.org}
  blackbox: {address: "blackbox.example:9115"}
  secrets: {root: /run/secrets/varve}
"""

GRAFANA: Final = """\
  grafana:
    url: https://grafana.example
    dashboards: /var/lib/grafana/dashboards
    datasources: {logical: {url: "https://prometheus.example"}}
"""

TENANT: Final = """\
tenant:
  name: Tenant {number}
  tier: {tier}
  region: {region}
  isolation: logical
  owners: [owner@{tenant}.example]
locale: {locale}
timezone: Europe/Paris
notify:
  receivers:
    oncall: {{pagerduty: {{routing_key: {{secret: pagerduty/routing_key}}}}}}
    team: {{slack: {{channel: "#{tenant}", url: {{secret: slack/webhook}}}}}}
    alice: {{user: alice}}
  hours: {{business: {{days: "monday:friday", from: "09:00", to: "18:00"}}}}
  routes:
    critical: {{receivers: [oncall, team], repeat: 1h}}
    warning: {{receivers: [team], hours: business}}
    info: {{receivers: [alice], repeat: 5d}}
  escalation: [{{severity: warning, after: 30m, receivers: [oncall]}}]
"""

SEALED: Final = """\
{key}: ENC[AES256_GCM,data:IM2RKWWMIKtwjWph,iv:Ir/iKmp8tSwpDUGCJkJ8IowD74cMVKwa0UvBDlRCzKw=,tag:bL2ULNTv1b+BEQ4gWIbdlg==,type:str]
sops:
  age:
    - recipient: age12akaj3z7n7yscf7a635qqljqndqsr7cepsm4h0ju73hppzewn96q8yv5fc
      enc: |
        -----BEGIN AGE ENCRYPTED FILE-----
        YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBncHJTNnNZS1pOWHF3QTN2
        b1BYL0ppZTBSTm9WSWE1TFFJNE9vTTl3RXNRCmtRYUZ2cmJ2RlZWQ0VPRmorUDlQ
        UE9SKzZCMzFNQ2J6c1dWMkcyY2ovZ3cKLS0tIDErcDU3UWxrcFR3bm1xS3F4RnZC
        YUo2ZDRnWWloWEVBYkhJUDN3MnJEdUUKwxaIP4u61VSM/3nx97uaith11clMsMz7
        UoZcc6B3dYZnH7gxVMcIAiONqj0CWNxfF8VPTcNbAfJJ7VRas8v/bA==
        -----END AGE ENCRYPTED FILE-----
  lastmodified: '2025-01-31T09:00:00Z'
  mac: ENC[AES256_GCM,data:unfow2egn9K8xb0yxEVVus6hOMRHz1pAYrQniG5u0i2UJjGWsBeE5gRQHzGeQ9JO14udrdUEVo/+MNPPYliyPH/Iskonu7nY/8w53hFMmvby4+RuyOHC5hT+nczk/lnalZ1aQXw4g3w5oPzSyqJhewSMhaIq9S7vZTHFvAYYiMg=,iv:TvlUfqilJWUSbyElYDZ61hx7xCQh1zyIVw6yJTAB0nU=,tag:pwWuQLfXtrsECEuWDFaYDg==,type:str]
  version: 3.11.0
"""  # noqa: E501 - ciphertext has no blanks to break at

SERVICE: Final = """\
description: {{fr: Le service {name}, en: The service {name}}}
owner: team-{name}
runbook: https://runbooks.example/{tenant}/{name}
contact: {{user: alice}}
scrape:
  app:
    targets: ["{name}-1.{tenant}.%{{environment}}.example:9090", "{name}-2.{tenant}.%{{environment}}.example:9090"]
    interval: 15s
alerts:
  QueueStuck:
    expr: max by (queue) (queue_depth{{job="{name}"}}) > {threshold}
    for: 10m
    severity: warning
    summary: {{fr: "La file {{{{ $labels.queue }}}} est bloquée", en: "The queue {{{{ $labels.queue }}}} is stuck"}}
"""

OBJECTIVES: Final = """\
packs:
  http-service: {{latency_p99: 300ms, error_ratio: 0.01}}
slos:
  availability:
    objective: 99.9
    window: 30d
    errors: http_requests_total{{job="{name}",code=~"5.."}}
    total: http_requests_total{{job="{name}"}}
"""

ALERTS: Final = """\
  WorkersMissing:
    expr: count(up{{job="{name}"}} == 1) < 2
    for: 5m
    severity: critical
    summary: {{fr: "Il manque des instances", en: "Workers are missing"}}
"""


class Kind(NamedTuple):
    """The size of a unit: the defaults, the text of each service, the overlay, and the numbers of services in turn."""

    name: str
    defaults: str
    service: str
    overlay: str
    services: tuple[int, ...]


FULL: Final = Kind(
    "full",
    DEFAULTS.replace("targets: {", 'targets: {grafana: {version: "13.0"}, ') + GRAFANA,
    SERVICE + OBJECTIVES,
    "services: {service-0: {packs: {http-service: {latency_p99: 200ms}}}}\n",
    (3, 4, 5, 6),
)
"""Services with objectives, a pack and a dashboard each: 25 artifacts and about 295 kB a unit, on average."""

LEAN: Final = Kind(
    "lean",
    DEFAULTS,
    SERVICE + ALERTS,
    "services: {service-0: {alerts: {QueueStuck: {for: 5m}}}}\n",
    (1,),
)
"""One service with alerts, for Prometheus, Alertmanager and Slack alone: 8 artifacts and about 39 kB a unit."""

KINDS: Final = {kind.name: kind for kind in (LEAN, FULL)}


def make(folder: Path, tenants: int, kind: Kind = FULL) -> None:
    """Write a repository with that many tenants into `folder`, and commit it."""
    for path, text in files(tenants, kind):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    git(folder, "init", "-q", "-b", "main")
    commit(folder)


def commit(folder: Path) -> None:
    """Commit everything in `folder`."""
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-q", "-m", "Everything")


def git(folder: Path, *arguments: str) -> None:
    """Run git in `folder`; raises `CalledProcessError` if it fails."""
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, stdout=subprocess.DEVNULL)


def files(tenants: int, kind: Kind) -> Iterator[tuple[str, str]]:
    """The sources of such a repository: path and text."""
    yield "varve.yaml", SETTINGS
    yield ".gitignore", ".varve/\n"
    yield "environments/defaults.yaml", kind.defaults
    yield "environments/secrets/slack.sops.yaml", SEALED.format(key="webhook")
    for environment in ENVIRONMENTS:
        yield f"environments/{environment}.yaml", f"platform: {{external_labels: {{environment: {environment}}}}}\n"
    for tier in TIERS:
        yield f"environments/tiers/{tier}.yaml", f"labels: {{support: {tier}}}\n"
    for region in REGIONS:
        yield f"environments/regions/{region}.yaml", f"labels: {{continent: {region[:2]}}}\n"
    for number in range(tenants):
        yield from _tenant(number, kind)


def _tenant(number: int, kind: Kind) -> Iterator[tuple[str, str]]:
    tenant = f"tenant-{number:04}"
    folder = f"tenants/{tenant}"
    yield (
        f"{folder}/tenant.yaml",
        TENANT.format(
            number=number, tenant=tenant, tier=TIERS[number % 2], region=REGIONS[number % 2], locale=LOCALES[number % 5]
        ),
    )
    yield f"{folder}/secrets/slack.sops.yaml", SEALED.format(key="webhook")
    yield f"{folder}/secrets/pagerduty.sops.yaml", SEALED.format(key="routing_key")
    yield f"{folder}/users/alice.yaml", f"name: Alice\nemail: alice@{tenant}.example\n"
    for service in range(kind.services[number % len(kind.services)]):
        name = f"service-{service}"
        yield f"{folder}/services/{name}.yaml", kind.service.format(name=name, tenant=tenant, threshold=100 + number)
    yield f"{folder}/overlays/production.yaml", kind.overlay
    if number % 3 == 0:
        yield f"environments/tenants/{tenant}.yaml", "quotas: {series: 500000}\n"
