"""The heartbeat: whatever a tenant writes, it fires and reaches its receivers, and no tenant's alert passes for it."""

from functools import cache
from typing import Final

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
from tests.defences.placing import RULES
from tests.defences.test_labels import forged
from tests.defences.test_routes import CRITICAL, PRODUCTION, SERVICE, TWO, notifying
from tests.defences.volley import ONE_ENVIRONMENT, unproven
from tests.emit.alertmanager.notifying import sealed
from varve import pipeline
from varve.check.notify import route
from varve.emit.alertmanager import heartbeat, inhibition
from varve.link.routing import Decision, decide, read_own
from varve.model.diagnostic import Severity
from varve.resolve.heartbeat import MATCHERS

BEATING: Final = PRODUCTION + "  heartbeat: {url: {secret: beat/address}}\n"
ALIVE: Final[Files] = {"environments/production.yaml": BEATING, **sealed("environments/secrets", BEATING)}
ALIKE: Final = "groups: [{name: heartbeat, rules: [{alert: Heartbeat, expr: vector(1), labels: {%sseverity: none}}]}]\n"

ATTACKS: Final = {
    "an alert of no tenant": Attack(
        {**ONE_ENVIRONMENT, **ALIVE, RULES: ALIKE % ">>>tenant: '', "},
        "check/bad-label",
        {**ONE_ENVIRONMENT, **ALIVE, RULES: ALIKE % ""},
        forged,
        'tenant: ""\n',
    ),
    "a route for what is no tenant's": Attack(
        {**notifying("ab: {match: >>>'tenant=\"\"', receivers: [team]}"), **ALIVE},
        "check/written-matcher",
        {**notifying("ab: {match: 'owner=\"x\"', receivers: [team]}"), **ALIVE},
        together(without(route, "_check_match"), unproven),
        'tenant=""\n          receiver: acme/team',
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


# Permitted sources do not change it

SAME_NAMES: Final = notifying(
    "ab: {match: 'alertname=\"Heartbeat\"', receivers: [heartbeat], order: -1000, mute: heartbeat}",
    '  hours: {heartbeat: {days: "sunday"}}\n',
    "team: {email: {to: [team@acme.example]}}, heartbeat: {email: {to: [beat@acme.example]}}",
)
HOSTILE: Final[Files] = {
    **SAME_NAMES,
    **ALIVE,
    "tenants/acme/rules/heartbeat.yaml": ALIKE % "",
    "tenants/acme/services/heartbeat.yaml": CRITICAL.replace("Down", "Heartbeat"),
    SERVICE: "depends_on: [heartbeat]\n" + CRITICAL,
    "tenants/heartbeat/tenant.yaml": (
        "tenant: {name: H, tier: gold, region: eu-west-1, isolation: logical, owners: [a@h.example]}\n"
    ),
    "tenants/heartbeat/rules/heartbeat.yaml": ALIKE % "",
}
RULE: Final = "build/production/shared/rules/heartbeat.yaml"
BEAT: Final = {"alertname": "Heartbeat", "severity": "none", "environment": "production"}
FIRING: Final = [
    {"tenant": tenant, "alertname": name, "severity": "critical", "service": "heartbeat"}
    for tenant in ("acme", "heartbeat")
    for name in ("Heartbeat", "Down")
]


def built(files: Files) -> dict[str, bytes]:
    """The artifacts by path; there must be no diagnostic."""
    build = pipeline.compile(repository(files))
    assert not [each for each in build.diagnostics if each.rule.severity is Severity.ERROR], build.diagnostics
    return {path: each.data for path, each in build.artifacts.items()}


@cache
def hostile() -> dict[str, bytes]:
    return built(HOSTILE)


def becomes(made: dict[str, bytes], labels: dict[str, str]) -> Decision:
    """The decision about an alert, while the tenants have other alerts with the same names."""
    return decide(read_own(yaml.safe_load(made["build/production/shared/alertmanager.yaml"])), labels, None, FIRING)


def receivers_of(decision: Decision) -> list[str]:
    """The receivers that are notified."""
    return [each.receiver for each in decision.deliveries]


def test_tenants_cannot_change_the_rule_of_the_heartbeat() -> None:
    assert hostile()[RULE] == built({**TWO, **ALIVE})[RULE]
    assert yaml.safe_load(hostile()["build/production/shared/prometheus.yaml"])["rule_files"].count(
        "rules/heartbeat.yaml"
    )


def test_the_heartbeat_reaches_its_receivers_and_is_not_inhibited() -> None:
    found = becomes(hostile(), BEAT)
    assert receivers_of(found) == ["heartbeat"]
    assert (found.threats, found.inhibited, found.deliveries[0].node.muted) == ((), (), ())


@pytest.mark.parametrize(("tenant", "receivers"), [("acme", ["acme/heartbeat"]), ("heartbeat", ["platform"])])
def test_a_tenants_alert_of_the_same_name_stays_the_tenants(tenant: str, receivers: list[str]) -> None:
    assert receivers_of(becomes(hostile(), {**BEAT, "tenant": tenant})) == receivers


def test_without_its_second_matcher_a_tenants_alert_would_pass_for_the_heartbeat() -> None:
    with switched_off(together(instead(heartbeat, "MATCHERS", MATCHERS[:1]), unproven)):
        made = built(HOSTILE)
    assert receivers_of(becomes(made, {**BEAT, "tenant": "acme"})) == ["heartbeat"]


def test_without_the_tenant_in_inhibitions_the_heartbeat_would_be_inhibited() -> None:
    lesser = together(
        instead(inhibition, "_rule", lambda *_: {"target_matchers": ['severity!="critical"'], "source_matchers": []}),
        unproven,
    )
    with switched_off(lesser):
        assert becomes(built(HOSTILE), BEAT).inhibited
