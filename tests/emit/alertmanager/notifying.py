"""The base repository with an Alertmanager, and a tenant that uses every kind of receiver."""

import re
from collections.abc import Mapping
from textwrap import dedent
from types import MappingProxyType

from tests import sealing
from tests.emit.repository import Changed
from tests.emit.repository import task as task_of
from varve.emit.kit import Task
from varve.language.version import Version

OVERLAY = "tenants/acme/overlays/production.yaml"
CAMILLE = "tenants/acme/users/camille.yaml"
DEFAULTS = "environments/defaults.yaml"
NEWEST = Version(0, 34)
NOTHING: Mapping[str, str] = MappingProxyType({})

_SECRET = re.compile(r"secret: ([a-z]+)/([a-z_]+)")

PLATFORM = """\
locale: en_GB
timezone: UTC
platform:
  targets:
    prometheus: {version: "3.5"}
    alertmanager: {version: "%s"}
  prometheus: {scrape_interval: 30s, evaluation_interval: 30s}
  secrets: {root: /run/secrets/varve}
  alertmanager: {url: "https://alerts.example"}
  alertmanagers: ["alerts:9093"]
  receiver: {slack: {channel: "#platform", url: {secret: slack/webhook}}}
  smtp: {smarthost: "mail.example:587", from: alerts@example.org, username: varve, password: {secret: mail/password}}
"""
PERSON = """\
name: Camille
email: camille@acme.example
locale: fr_FR
timezone: Europe/Paris
quiet:
  night: {from: "22:00", to: "07:00"}
"""
NOTIFY = """\
services: {ledger: {owner: payments}, other: {owner: payments}}
notify:
  receivers:
    oncall: {pagerduty: {routing_key: {secret: pagerduty/routing_key}, region: eu}}
    team: {slack: {channel: "#acme", url: {secret: slack/webhook}}}
    app: {slack: {channel: "#acme", token: {secret: slack/token}}}
    updated: {slack: {channel: "#acme", token: {secret: slack/token}, update: true}}
    blocks: {slack: {channel: "#acme", url: {secret: slack/webhook}, blocks: true}}
    camille: {user: camille}
    mail: {email: {to: [a@acme.example, b@acme.example]}}
    hook:
      webhook:
        url: {secret: hook/url}
        max_alerts: 10
        basic_auth: {username: varve, password: {secret: hook/password}}
        resolved: false
    genie: {opsgenie: {api_key: {secret: genie/key}, region: eu, team: payments}}
    teams: {msteams: {url: {secret: teams/url}}}
    discord: {discord: {url: {secret: discord/url}}}
    telegram: {telegram: {bot_token: {secret: telegram/token}, chat_id: -12, message_thread_id: 3}}
    jira:
      jira:
        api_url: https://acme.example/rest/api/2/
        project: OPS
        issue_type: Bug
        basic_auth: {username: varve, password: {secret: jira/password}}
  hours:
    business: {days: "monday:friday", from: "09:00", to: "18:00"}
    night: {from: "22:00", to: "06:00", timezone: Europe/Paris}
  routes:
    critical: {receivers: [oncall, team, updated, blocks], repeat: 1h}
    warning: {receivers: [team, camille], repeat: 12h, hours: business}
    ledger:
      match: 'service=~"ledger|cards"'
      receivers: [app, mail, hook, genie]
      order: 5
      continue: true
      mute: night
      group_by: [alertname]
    others:
      match: ['service="other"', 'severity!="info"']
      receivers: [teams, discord, telegram, jira]
      group_wait: 0s
  escalation:
    - {severity: warning, after: 30m, receivers: [oncall, camille]}
    - {severity: warning, after: 2h, receivers: [mail]}
  repeat: 6h
"""


def notifying(notify: str = NOTIFY, version: Version = NEWEST, more: Mapping[str, str] = NOTHING) -> Changed:
    """Changes that give the base's tenant this `notify` in production, and its platform `more` settings.

    Every secret that a text names is sealed.
    """
    platform = PLATFORM % (version,)
    for key, text in more.items():
        platform = re.sub(rf"^  {key}: .*\n", "", platform, flags=re.MULTILINE)
        platform += f"  {key}: {text}\n" if text else ""
    texts = {DEFAULTS: platform, OVERLAY: dedent(notify), CAMILLE: PERSON}
    return texts | sealed("environments/secrets", platform) | sealed("tenants/acme/secrets", notify)


def sealed(folder: str, text: str) -> dict[str, str]:
    """The files of the secrets that `text` names."""
    named: dict[str, set[str]] = {}
    for file, key in _SECRET.findall(text):
        named.setdefault(file, set()).add(key)
    return {
        f"{folder}/{file}.sops.yaml": sealing.sealed(f"{folder}/{file}", *sorted(keys)) for file, keys in named.items()
    }


def task(notify: str = NOTIFY, version: Version = NEWEST, more: Mapping[str, str] = NOTHING) -> Task:
    """The task of emitting the tenant in production with this `notify`."""
    return task_of(notifying(notify, version, more))


def findings(task: Task) -> list[str]:
    """What was reported: each code with its message."""
    return [f"{each.rule.code}: {each.message}" for each in task.report]
