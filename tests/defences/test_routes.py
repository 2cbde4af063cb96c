"""Routes: no tenant changes who is notified of another's alerts, when, with what, or what silences them.

Silences do not apply, because varve writes none: a link to one is only prefilled.
"""

from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Final, cast

import pytest
import yaml

from tests.defences.attack import (
    Attack,
    Files,
    each,
    goes_through_without,
    has_a_twin,
    instead,
    is_refused,
    repository,
    switched_off,
    together,
    without,
)
from tests.defences.loose import loose
from tests.defences.volley import ONE_ENVIRONMENT, unproven
from varve import pipeline
from varve.check.notify import dependency, route
from varve.check.notify import receiver as check_receiver
from varve.emit.alertmanager import inhibition, interval
from varve.emit.alertmanager import receiver as receivers
from varve.emit.alertmanager import route as routes
from varve.emit.kit import Task
from varve.language import matcher
from varve.language.matcher import Matcher
from varve.language.matcher.reading import read_fallback
from varve.link.routing import Decision, decide, read_own
from varve.model.diagnostic import Severity
from varve.model.source import Map, Value

PRODUCTION: Final = """
platform:
  external_labels: {environment: production}
  targets: {alertmanager: {version: "0.34"}}
  alertmanager: {url: "https://alerts.example"}
  alertmanagers: ["alerts.example:9093"]
  receiver: {email: {to: [ops@platform.example]}}
  smtp: {smarthost: "mail.example:587", from: alerts@platform.example}
"""
BANK: Final = """
tenant: {name: Bank, tier: gold, region: eu-west-1, isolation: logical, owners: [sre@bank.example]}
notify:
  receivers:
    oncall: {email: {to: [oncall@bank.example]}}
    team: {email: {to: [team@bank.example]}}
    bea: {user: bea}
  hours:
    business: {days: "monday:friday", from: "09:00", to: "18:00"}
  routes:
    critical: {receivers: [oncall, team], repeat: 1h}
    ledger: {match: 'service="ledger",severity!="critical"', receivers: [bea], hours: business}
    warning: {receivers: [team], group_by: [alertname, service]}
"""
LEDGER: Final = """
owner: ledger
depends_on: [checkout]
alerts:
  Down: {expr: up == 0, severity: critical, summary: Down}
  Slow: {expr: up > 1, severity: warning, summary: Slow}
"""
CRITICAL: Final = "alerts: {Down: {expr: up == 0, severity: critical, summary: Down}}\n"
TWO: Final[Files] = {
    **ONE_ENVIRONMENT,
    "environments/production.yaml": PRODUCTION,
    "tenants/bank/tenant.yaml": BANK,
    "tenants/bank/users/bea.yaml": 'name: Bea\nemail: bea@bank.example\nquiet: {night: {from: "22:00", to: "06:00"}}\n',
    "tenants/bank/services/ledger.yaml": LEDGER,
    "tenants/bank/services/checkout.yaml": CRITICAL,
    "tenants/acme/users/ann.yaml": "name: Ann\nemail: ann@acme.example\n",
}
OVERLAY: Final = "tenants/acme/overlays/production.yaml"
SERVICE: Final = "tenants/acme/services/checkout.yaml"
OWN: Final = "team: {email: {to: [team@acme.example]}}"


def notifying(routed: str, more: str = "", channels: str = OWN) -> Files:
    """Acme, with these routes, further settings of notifications, and these receivers."""
    rest = "rest: {match: [], receivers: [team], order: 900}"
    return {**TWO, OVERLAY: f"notify:\n  receivers: {{{channels}}}\n  routes: {{{routed}, {rest}}}\n{more}"}


def serving(service: str) -> Files:
    return {**TWO, SERVICE: service}


# What is refused

unnamed: Final = together(
    instead(receivers, "name", lambda _, name: name), instead(interval, "quiet", lambda *_: []), unproven
)
"""Receivers in Alertmanager have the names that their tenants use."""

ATTACKS: Final = {
    "a route that matches another tenant": Attack(
        notifying("ab: {match: >>>'tenant=\"bank\"', receivers: [team]}"),
        "check/written-matcher",
        notifying("ab: {match: 'tenants=\"bank\"', receivers: [team]}"),
        together(without(route, "_check_match"), unproven),
        'tenant="bank"\n          receiver: acme/team',
    ),
    "a route that matches every tenant": Attack(
        notifying("ab: {match: >>>'tenant=~\".*\"', receivers: [team]}"),
        "check/written-matcher",
        notifying("ab: {match: 'service=~\".*\"', receivers: [team]}"),
        together(without(route, "_check_match"), unproven),
        'tenant=~".*"',
    ),
    "a route that matches all others": Attack(
        notifying('ab: {match: >>>[\'severity="critical", tenant!="acme"\'], receivers: [team]}'),
        "check/written-matcher",
        notifying('ab: {match: [\'severity="critical", owner!="acme"\'], receivers: [team]}'),
        together(without(route, "_check_match"), unproven),
        'tenant!="acme"',
    ),
    "a route that matches a tenant by a quoted name": Attack(
        notifying('ab: {match: >>>\'{"tenant"="bank"}\', receivers: [team]}'),
        "check/bad-matchers",
        notifying("ab: {match: '{tenants=\"bank\"}', receivers: [team]}"),
        together(loose("matchers"), instead(matcher, "read", read_fallback), without(route, "_check_match"), unproven),
        'tenant="bank"\n          receiver: acme/team',
    ),
    "a route that takes escalations from others": Attack(
        notifying("ab: {match: >>>'escalation=\"critical-1h\"', receivers: [team]}"),
        "check/written-matcher",
        notifying("ab: {match: 'escalations=\"critical-1h\"', receivers: [team]}"),
        together(without(route, "_check_match"), unproven),
        'escalation="critical-1h"',
    ),
    "a route to another tenant's receiver, by its full name": Attack(
        notifying("critical: {receivers: [team, >>>bank/oncall]}"),
        "check/bad-id",
        notifying("critical: {receivers: [team]}"),
        together(loose("id"), without(route, "_check_names"), unnamed),
        "receiver: bank/oncall\n        - matchers: []",
    ),
    "a route to another tenant's receiver, by its short name": Attack(
        notifying("critical: {receivers: [team, >>>oncall]}"),
        "check/unknown-receiver",
        notifying(
            "critical: {receivers: [team, oncall]}", channels=f"{OWN}, oncall: {{email: {{to: [a@acme.example]}}}}"
        ),
        together(without(route, "_check_names"), unnamed),
        "receiver: oncall",
    ),
    "a route to the platform's receiver": Attack(
        notifying("critical: {receivers: [team, >>>platform]}"),
        "check/unknown-receiver",
        notifying(
            "critical: {receivers: [team, platform]}", channels=f"{OWN}, platform: {{email: {{to: [a@acme.example]}}}}"
        ),
        together(without(route, "_check_names"), unnamed),
        'severity="critical"\n            - alertname!="Escalated"\n          receiver: platform',
    ),
    "an escalation to another tenant's receiver": Attack(
        notifying(
            "critical: {receivers: [team]}", "  escalation: [{severity: critical, after: 1h, receivers: [>>>oncall]}]\n"
        ),
        "check/unknown-receiver",
        notifying(
            "critical: {receivers: [team]}", "  escalation: [{severity: critical, after: 1h, receivers: [team]}]\n"
        ),
        together(without(route, "_check_names"), unnamed),
        'escalation="critical-1h"\n          receiver: oncall',
    ),
    "a receiver that is called like another tenant's": Attack(
        notifying("critical: {receivers: [team]}", channels=OWN + ", >>>bank/oncall: {email: {to: [a@acme.example]}}"),
        "check/bad-id",
        notifying("critical: {receivers: [team, oncall]}", channels=OWN + ", oncall: {email: {to: [a@acme.example]}}"),
        together(loose("id"), without(check_receiver, "check_unit"), unnamed),
        "name: bank/oncall\n    email_configs:\n      - to: a@acme.example",
    ),
    "a receiver that is another tenant's user": Attack(
        notifying("critical: {receivers: [team, bea]}", channels=OWN + ", bea: {user: >>>bea}"),
        "check/receiver-of-nobody",
        notifying("critical: {receivers: [team, ann]}", channels=OWN + ", ann: {user: ann}"),
        together(without(check_receiver, "_check_user"), unproven),
        KeyError,
    ),
    "another tenant's hours": Attack(
        notifying("critical: {receivers: [team], hours: >>>bank/business}"),
        "check/bad-id",
        notifying(
            "critical: {receivers: [team], hours: business}", "  hours: {business: {from: '00:00', to: '12:00'}}\n"
        ),
        together(
            loose("id"), without(route, "_check_hours"), instead(interval, "names", lambda _, hours: hours), unproven
        ),
        ValueError,
    ),
    "another tenant's hours, by their short name": Attack(
        notifying("critical: {receivers: [team], mute: >>>business}"),
        "check/unknown-hours",
        notifying(
            "critical: {receivers: [team], mute: business}", "  hours: {business: {from: '00:00', to: '12:00'}}\n"
        ),
        together(without(route, "_check_hours"), instead(interval, "names", lambda _, hours: hours), unproven),
        ValueError,
    ),
    "groups of the alerts of everybody": Attack(
        notifying("critical: {receivers: [team], group_by: [>>>'...']}"),
        "check/bad-label",
        notifying("critical: {receivers: [team], group_by: [owner]}"),
        together(loose("label-name"), unproven),
        '- "..."',
    ),
    "a dependency on another tenant's service": Attack(
        {**serving("depends_on: [>>>ledger]\n"), OVERLAY: None},
        "check/unknown-dependency",
        {**serving("depends_on: [search]\n"), "tenants/acme/services/search.yaml": "owner: shop\n"},
        together(without(dependency, "check"), unproven),
        'tenant="acme"\n      - service="ledger"',
    ),
    "a dependency that is a matcher": Attack(
        serving("depends_on: [>>>'ledger\",tenant=\"bank']\n"),
        "check/bad-id",
        {**serving("depends_on: [search]\n"), "tenants/acme/services/search.yaml": "owner: shop\n"},
        together(loose("id"), without(dependency, "check"), unproven),
        r"ledger\",tenant=\"bank",
    ),
}


@each(ATTACKS)
def test_the_attack_is_refused_and_reaches_no_artifact(attack: Attack) -> None:
    is_refused(attack)


@each(ATTACKS)
def test_its_benign_twin_is_built(attack: Attack) -> None:
    has_a_twin(attack)


@each(ATTACKS)
def test_without_the_defence_it_would_go_through(attack: Attack) -> None:
    goes_through_without(attack)


# Permitted sources change nothing for others

WRITTEN: Final = {
    "every alert, before all others, and on": "ab: {match: [], receivers: [team], order: -1000, continue: true}",
    "every alert, by a pattern": "ab: {match: 'severity=~\".*\"', receivers: [team], order: -1000}",
    "every alert that says no tenant of its own": "ab: {match: 'owner!=\"acme\"', receivers: [team], order: -1000}",
    "the services of another tenant": "ab: {match: 'service=\"ledger\"', receivers: [team], order: -1000}",
    "groups by nothing": "ab: {match: [], receivers: [team], order: -1000, group_by: []}",
    "hours that are never over": (
        "ab: {match: 'severity=\"info\"', receivers: [team], order: -1000, mute: business, hours: night}"
    ),
    "as often as it gets": (
        "ab: {match: [], receivers: [team], order: -1000, group_wait: 0s, group_interval: 1s, repeat: 1s}"
    ),
}
SAME: Final = """
  hours: {business: {days: "monday:friday"}, night: {days: "sunday"}}
  escalation: [{severity: critical, after: 5m, receivers: [oncall]}]
users: {bea: {name: Bea, email: bea@acme.example}}
"""
SAME_NAMES: Final = OWN + ", oncall: {email: {to: [a@acme.example]}}, bea: {user: bea}"
SAME_SERVICES: Final[Files] = {
    "tenants/acme/services/ledger.yaml": CRITICAL.replace("Down", "Slow"),
    SERVICE: "depends_on: [ledger]\n" + CRITICAL,
    "tenants/acme/rules/vendor.yaml": (
        "groups: [{name: g, rules: [{alert: Down, expr: up, labels: {service: ledger, severity: critical}}]}]\n"
    ),
}
HOSTILE: Final = {
    name: {
        **notifying(routed + ", cd: {match: 'owner=\"x\"', receivers: [oncall, bea]}", SAME, SAME_NAMES),
        **SAME_SERVICES,
    }
    for name, routed in WRITTEN.items()
}


def alerts(chance: Random) -> list[dict[str, str]]:
    """Alerts of the bank, as its rules make them, and unusual ones."""
    choices = {
        "alertname": ("Down", "Slow", "Escalated", "Other"),
        "severity": ("critical", "warning", "info", ""),
        "service": ("ledger", "checkout", ""),
        "owner": ("acme", "x", ""),
    }
    return [{"tenant": "bank", **{name: chance.choice(those) for name, those in choices.items()}} for _ in range(100)]


ALERTS: Final = alerts(Random(7))  # noqa: S311 - the same alerts every time
TIMES: Final = tuple(datetime(2026, 11, day, hour, tzinfo=UTC) for day, hour in ((21, 3), (23, 12)))
FIRING: Final = [{**each, "tenant": "acme"} for each in ALERTS]


def decisions(files: Files) -> list[tuple[object, ...]]:
    """The decisions about the bank's alerts, while acme has alerts with the same labels; there must be no error."""
    build = pipeline.compile(repository(files))
    assert not [each for each in build.diagnostics if each.rule.severity is Severity.ERROR]
    made = yaml.safe_load(build.artifacts["build/production/shared/alertmanager.yaml"].data)
    return [plain(decide(read_own(made), each, at, FIRING)) for each in ALERTS for at in TIMES]


def plain(decision: Decision) -> tuple[object, ...]:
    """A decision without positions in a tree and the order of inhibitions, which do not affect who is notified."""
    nodes = [
        (each.receiver, each.group, each.is_muted, each.node._replace(path=(), nodes=()))
        for each in decision.deliveries
    ]
    return decision.labels, nodes, frozenset(decision.threats), decision.inhibited


@cache
def before() -> list[tuple[object, ...]]:
    """The decisions if acme is harmless."""
    return decisions(notifying("ab: {match: 'owner=\"x\"', receivers: [team]}"))


NODE, WRITE = routes.node, inhibition._matchers  # noqa: SLF001 - as they are before they are switched off


def open_node(task: Task) -> Map:
    """A node that matches every tenant."""
    return {**NODE(task), "matchers": []}


def open_rule(_: Task, source: Matcher, target: Matcher, *equal: str) -> Map:
    """An inhibition that applies to every tenant."""
    critical, lesser = Matcher("severity", "=", "critical"), Matcher("severity", "=~", "warning|info")
    return {
        "source_matchers": WRITE(source, critical),
        "target_matchers": WRITE(target, lesser),
        "equal": cast("list[Value]", list(equal)),
    }


@pytest.mark.parametrize("files", HOSTILE.values(), ids=HOSTILE)
def test_another_tenants_alerts_notify_the_same_people(files: Files) -> None:
    assert decisions(files) == before()


@pytest.mark.parametrize("files", HOSTILE.values(), ids=HOSTILE)
def test_without_the_tenants_node_others_would_be_notified(files: Files) -> None:
    with switched_off(together(instead(routes, "node", open_node), unproven)):
        assert decisions(files) != before()


def test_without_the_tenant_in_inhibitions_its_alerts_would_be_inhibited() -> None:
    files = HOSTILE["every alert, by a pattern"]
    with switched_off(together(instead(inhibition, "_rule", open_rule), unproven)):
        found = decisions(files)
    assert any(inhibited for *_, inhibited in found)
    assert not any(inhibited for *_, inhibited in decisions(files))
