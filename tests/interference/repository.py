"""A small platform whose tenants have something of every kind, and what it takes to compile it thousands of times."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Final, TypeAlias

import pytest

from tests.sealing import sealed
from tests.workbench import snapshot as with_library
from varve.language.blob import identify
from varve.link import notification
from varve.link.linking import Linking
from varve.model.artifact import Artifact, Build
from varve.model.diagnostic import Report
from varve.model.snapshot import Entry, Snapshot
from varve.pipeline import opening
from varve.read.reading import reading

Files: TypeAlias = Mapping[str, bytes | None]
"""Contents by path; None takes a file away."""

ENVIRONMENT: Final = "production"
PLATFORM: Final = {
    "varve.yaml": """
apiVersion: varve/v1
environments: [production]
layers:
  - {name: defaults,    priority: 0,  owner: platform, path: environments/defaults}
  - {name: tier,        priority: 10, owner: platform, path: "environments/tiers/%{tenant.tier}"}
  - {name: environment, priority: 30, owner: platform, path: "environments/%{environment}"}
  - {name: tenant,      priority: 40, owner: tenant,   path: "tenants/%{tenant.id}/tenant"}
  - name: services
    priority: 50
    owner: tenant
    path: "tenants/%{tenant.id}/services/*"
    into: "services.%{file.stem}"
    optional: true
  - name: users
    priority: 50
    owner: tenant
    path: "tenants/%{tenant.id}/users/*"
    into: "users.%{file.stem}"
    optional: true
  - name: overlay
    priority: 60
    owner: tenant
    path: "tenants/%{tenant.id}/overlays/%{environment}"
    optional: true
  - {name: grants,      priority: 70, owner: platform, path: "environments/tenants/%{tenant.id}", optional: true}
""",
    "environments/defaults.yaml": """
locale: en_GB
timezone: UTC
platform:
  prometheus: {scrape_interval: 30s, scrape_timeout: 10s, evaluation_interval: 30s}
  secrets: {root: /run/secrets/varve}
  blackbox: {modules: [http_2xx]}
""",
    "environments/tiers/gold.yaml": "quotas: {series: 20000, samples_per_second: 1000}\n",
    "environments/production.yaml": """
platform:
  targets: {prometheus: {version: "3.5"}, alertmanager: {version: "0.34"}, grafana: {version: "13.0"}}
  external_labels: {cluster: eu-1, environment: production}
  alertmanagers: ["alertmanager.platform.example:9093"]
  alertmanager: {url: "https://alertmanager.platform.example", retention: 10d}
  receiver: {slack: {channel: "#platform-alerts", url: {secret: slack/webhook}}}
  heartbeat: {url: {secret: beat/shared}}
  smtp: {smarthost: "mail.platform.example:587", from: alerts@platform.example}
  grafana:
    url: https://grafana.platform.example
    dashboards: /var/lib/grafana/dashboards
    datasources:
      logical: {url: "https://prometheus.platform.example"}
      partial: {url: "https://mimir.platform.example", header: X-Scope-OrgID}
  blackbox: {address: "blackbox.platform.example:9115"}
  discovery: {files: {folder: /etc/prometheus/discovered}}
  strict:
    cato:
      alertmanagers: ["alertmanager.cato.example:9093"]
      alertmanager_url: https://alertmanager.cato.example
      heartbeat_url: {secret: beat/cato}
      prometheus_url: https://prometheus.cato.example
      grafana_org: 2
locks: [quotas, tenant.tier, tenant.isolation]
""",
    "policies/settings.yaml": """
policies:
  alert-severity: {}
  two-channels: {}
  owned-service: {}
  selective-route: {}
  approved-channels: {parameters: {channels: [slack, email]}}
  muted-critical: {}
  owned-tenant: {severity: error}
  html-panel: {}
  modern-tls: {}
  wildcard-hosts: {}
  counted: {}
  plain-source: {}
""",
    "policies/counted.yaml": """
id: counted
title: A tenant has no alerts
scope: unit
severity: note
require: alerts.size() == 0 && receivers.size() == 0
message: "`{unit.tenant.id}` has {alerts.size()} alerts and {receivers.size()} receivers"
remediation: Count them.
examples:
  - {name: nothing, pass: {alerts: []}}
  - {name: something, fail: {alerts: [{name: Down}]}}
""",
    "policies/plain-source.yaml": """
id: plain-source
title: Sources leave what is usual unsaid
scope: source
severity: warning
require: '!has(source.value.locale) || source.value.locale in params.usual'
at: value.locale
message: "the locale of `{source.path}` is `{source.value.locale}`"
remediation: Take it out.
parameters: {usual: [en_GB, fr_FR]}
examples:
  - {name: the usual one, pass: {source: {value: {locale: en_GB}}}}
  - {name: another, fail: {source: {value: {locale: nl_NL}}}}
""",
    "policies/frameworks/gdpr.yaml": """
id: gdpr
title: What a tenant may claim, and what the platform is not up to
severity: error
limits: Nothing.
controls: [{id: A1, title: tenants are kept from hosts, checks: [bounded-reach, described-service]}]
unchecked: {}
""",
    "environments/tenants/acme.yaml": "tenant: {tier: gold, isolation: logical}\n",
    "environments/tenants/beta.yaml": "tenant: {tier: gold, isolation: logical}\n",
    "environments/tenants/cato.yaml": "tenant: {tier: gold, isolation: strict}\n",
}
"""A strict tenant has to be named by the platform; the other two share what there is to share."""

SEALED: Final = sealed("anybody", "webhook", "token")

_TENANT: Final = """
tenant: {name: "WORD HIDDEN", region: eu-west, owners: [sre@TENANT.example]}
contact: {user: WORD}
labels: {team: WORD}
notify:
  receivers:
    oncall: {slack: {channel: "#WORD", url: {secret: slack/webhook}}}
    WORD: {user: WORD}
    mail: {email: {to: [WORD@TENANT.example]}}
  hours:
    office: {days: "monday:friday", from: "09:00", to: "18:00"}
  routes:
    critical: {receivers: [oncall, WORD]}
    warning: {receivers: [WORD], hours: office}
    WORD-only: {match: 'team="WORD", page=~"yes|now"', receivers: [mail], continue: true}
  escalation:
    - {severity: warning, after: 30m, receivers: [oncall]}
"""
_CHECKOUT: Final = """
owner: WORD
description: HIDDEN
runbook: https://runbooks.TENANT.example/checkout
depends_on: [ledger]
scrape:
  app: {targets: ["checkout.TENANT.example:9090"]}
probes:
  home: {http: {url: "https://TENANT.example/WORD"}}
slos:
  availability: {objective: 99.9, window: 30d, errors: 'requests_total{code="500"}', total: requests_total}
records:
  "checkout:WORD:sum": {expr: sum(queue_depth)}
alerts:
  QueueStuck:
    {expr: 'queue_depth > 100', for: 10m, severity: warning, summary: "The queue of WORD is {{ $value }} deep"}
"""
_LEDGER: Final = """
scrape:
  app: {targets: ["ledger.TENANT.example:9090"]}
alerts:
  LedgerDown: {expr: 'up{job="ledger"} == 0', severity: critical, summary: "The ledger of HIDDEN is down"}
"""
_USER: Final = """
name: HIDDEN
email: WORD@TENANT.example
locale: LOCALE
quiet: {night: {from: "22:00", to: "07:00"}}
"""
_RULES: Final = """
groups:
  - name: node.rules
    rules:
      - {record: 'instance:WORD:rate5m', expr: 'rate(node_cpu_seconds_total{mode="idle"}[5m])'}
      - alert: NodeDown
        expr: up{job="node"} == 0
        labels: {severity: critical}
        annotations: {summary: HIDDEN is down}
"""
_DASHBOARD: Final = """{"title": "HIDDEN", "schemaVersion": 38, "uid": "WORD", "tags": ["WORD"],
 "templating": {"list": [{"name": "zone", "type": "query", "query": "label_values(up, zone)"}]},
 "panels": [{"id": 1, "type": "timeseries", "title": "HIDDEN", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 8},
   "targets": [{"refId": "A", "expr": "sum(rate(requests_total{zone=~\\"$zone\\"}[$__rate_interval]))"}]}]}
"""
_CASES: Final = """
cases:
  - {name: WORD, labels: {alertname: LedgerOdd, severity: none, service: ledger}, expect: [platform]}
"""
_OF_A_TENANT: Final = {
    "tenant.yaml": _TENANT,
    "services/checkout.yaml": _CHECKOUT,
    "services/ledger.yaml": _LEDGER,
    "users/WORD.yaml": _USER,
    "rules/node.yaml": _RULES,
    "dashboards/overview.json": _DASHBOARD,
    "tests/routes.yaml": _CASES,
    "secrets/slack.sops.yaml": SEALED,
}
_FEW: Final = ("tenant.yaml", "services/ledger.yaml", "users/WORD.yaml", "secrets/slack.sops.yaml")
TENANTS: Final = {
    "acme": ("amber", "okapi", "fr_FR", tuple(_OF_A_TENANT)),
    "beta": ("zebra", "quagga", "en_GB", tuple(_OF_A_TENANT)),
    "cato": ("cobalt", "numbat", "en_GB", _FEW),
}
"""Of each tenant a word of its names, one that no other ever guesses, the language of its user, and its files."""


def word(tenant: str) -> str:
    """The word by which this tenant calls what is its own; others try it too."""
    return TENANTS[tenant][0]


def hidden(tenant: str) -> str:
    """The word that stands in texts of this tenant, and that no change of another's ever says."""
    return TENANTS[tenant][1]


def of_tenant(tenant: str) -> dict[str, bytes]:
    """All files of a tenant."""
    own, secret, locale, files = TENANTS[tenant]

    def filled(text: str) -> str:
        named = text.replace("WORD", own).replace("TENANT", tenant)
        return named.replace("HIDDEN", secret).replace("LOCALE", locale)

    return {f"tenants/{tenant}/{filled(path)}": filled(_OF_A_TENANT[path]).encode() for path in files}


@cache
def sources() -> Mapping[str, bytes]:
    """The platform's files and those of all tenants."""
    platform = {path: text.encode() for path, text in PLATFORM.items()} | {
        "environments/secrets/beat.sops.yaml": sealed("watcher", "shared", "cato", "acme").encode(),
        "environments/secrets/slack.sops.yaml": SEALED.encode(),
    }
    return platform | {path: data for tenant in TENANTS for path, data in of_tenant(tenant).items()}


@cache
def _library() -> Snapshot:
    return with_library({})


def snapshot(files: Files, refused: frozenset[str] = frozenset()) -> Snapshot:
    """The repository with `files` instead of, or beside, its own."""
    library = _library()
    present = {path: data for path, data in {**sources(), **files}.items() if data is not None}
    ids = {path: identify(data) for path, data in present.items()}
    entries = {**library.entries, **{path: Entry(each, "100644") for path, each in ids.items()}}
    contents = {**library.contents, **{ids[path]: data for path, data in present.items()}}
    return Snapshot(dict(sorted(entries.items())), contents, library.library, refused)


_KIT: Final = opening.make_kit  # it is what costs most
_POLICIES: Final = opening.read_policies  # as the kit
_TEXT: Final = notification.artifact


@contextmanager
def prepared() -> Iterator[None]:
    """What no tenant's files are read for is made once: templates and packs, policies, and the texts of each language.

    The texts are made of a linking without members, so nothing of a tenant can be in them.
    """
    platform = reading(snapshot({}), Report())
    kit, policies = _KIT(platform, Report()), _POLICIES(platform, Report())
    made: dict[str, Artifact] = {}

    def text(linking: Linking, path: str) -> Artifact:
        if path not in made:
            made[path] = _TEXT(linking._replace(members=()), path)
        return made[path]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "make_kit", lambda *_: kit)
        patch.setattr(opening, "read_policies", lambda *_: policies)
        patch.setattr(notification, "artifact", text)
        yield


@contextmanager
def unprepared() -> Iterator[None]:
    """Everything is made anew, as in every other compile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "make_kit", _KIT)
        patch.setattr(opening, "read_policies", _POLICIES)
        patch.setattr(notification, "artifact", _TEXT)
        yield


def world(seen: Snapshot, build: Build) -> dict[str, bytes]:
    """What stands in `build/` once a build is written: what was made, and what was kept."""
    kept = {path: seen.source(path).data for path in build.kept}
    return kept | {path: each.data for path, each in build.artifacts.items()}
