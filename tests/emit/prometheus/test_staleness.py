"""Alerts must be evaluated often and early enough that Prometheus remembers them until they escalate."""

import pytest

from tests.emit.repository import CHECKOUT, Changed, build, findings, pack
from varve.language.name import dotted

DISKS = "tenants/acme/rules/disks.yaml"
PRODUCTION = {
    "environments/production.yaml": (
        "platform: {targets: {alertmanager: {version: '0.34'}}, alertmanager: {url: 'https://alerts.example'}, "
        "alertmanagers: ['alerts.example:9093'], receiver: {email: {to: [ops@platform.example]}}, "
        "smtp: {smarthost: 'mail.example:587', from: alerts@platform.example}}\n"
    )
}
ESCALATING = """\
notify:
  receivers: {team: {email: {to: [a@acme.example]}}}
  escalation: [{severity: critical, after: 1h, receivers: [team]}]
"""
ALERT = "alerts: {%s: {expr: vector(1), severity: %s, summary: It is stuck}}\n"
CRITICAL = ALERT % ("Stuck", "critical")
GROUP = "groups: [{name: g, %srules: [{alert: Full, expr: vector(1), labels: {severity: critical}}]}]\n"
RULES = "rules: [{alert: A, expr: vector(1), labels: {severity: critical}}, {record: 'a:b', expr: vector(1)}]\n"
OFFSET = "query_offset"
AGAIN = "and forgotten before an escalation is evaluated again"


def _warned(changed: Changed) -> list[tuple[str, str]]:
    """The places of warnings about forgotten alerts in production, for a tenant that escalates, with their messages."""
    files = {**PRODUCTION, "tenants/acme/overlays/production.yaml": ESCALATING, **changed}
    found = [each for each in build(files).diagnostics if each.rule.code == "emit/forgotten-alert"]
    return [(dotted(each.place.keys) if each.place else "", each.message) for each in found]


@pytest.mark.parametrize(
    ("changed", "at", "message"),
    [
        ({CHECKOUT: f"query_offset: 6m\n{CRITICAL}"}, OFFSET, f"`Stuck` is evaluated 6m late, {AGAIN}"),
        ({CHECKOUT: f"query_offset: 4m30s\n{CRITICAL}"}, OFFSET, f"`Stuck` is evaluated 4m30s late, {AGAIN}"),
        (
            {CHECKOUT: f"query_offset: 3m\ninterval: 2m\n{CRITICAL}"},
            OFFSET,
            f"`Stuck` is evaluated every 2m and 3m late, {AGAIN}",
        ),
        (
            {**pack(RULES), CHECKOUT: f"query_offset: 6m\npacks: {{mine: {{}}}}\n{CRITICAL}"},
            OFFSET,
            f"`A` and `Stuck` are evaluated 6m late, {AGAIN}",
        ),
        (
            {**pack(f"interval: 10m\n{RULES}"), CHECKOUT: "packs: {mine: {}}\n"},
            "",
            f"`A` is evaluated every 10m, {AGAIN}",
        ),
        ({**pack(f"interval: 10m\n{RULES}", "tenant")}, "tenant", f"`A` is evaluated every 10m, {AGAIN}"),
        ({DISKS: GROUP % "interval: 5m, "}, "groups[0].interval", f"`Full` is evaluated every 5m, {AGAIN}"),
        ({DISKS: GROUP % "query_offset: 5m, "}, "groups[0].query_offset", f"`Full` is evaluated 5m late, {AGAIN}"),
    ],
)
def test_alerts_that_are_forgotten_before_they_escalate_are_warned_of(changed: Changed, at: str, message: str) -> None:
    assert _warned(changed) == [(at, message)]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({CHECKOUT: f"query_offset: 4m\n{CRITICAL}"}, id="soon enough"),
        pytest.param({CHECKOUT: f"query_offset: 1m\ninterval: 3m59s\n{CRITICAL}"}, id="often and soon enough"),
        pytest.param({CHECKOUT: f"query_offset: 6m\n{ALERT % ('Stuck', 'warning')}"}, id="that severity stays"),
        pytest.param({CHECKOUT: "query_offset: 6m\nrecords: {a:b: {expr: vector(1)}}\n"}, id="no alert"),
        pytest.param({CHECKOUT: f"interval: 6m\n{CRITICAL}"}, id="the interval alone, of which all readers are warned"),
        pytest.param({DISKS: GROUP % "interval: 4m, "}, id="a vendor's, often enough"),
        pytest.param({DISKS: GROUP % ""}, id="a vendor's, as often as the platform says"),
        pytest.param(
            {"tenants/acme/overlays/production.yaml": None, CHECKOUT: f"query_offset: 6m\n{CRITICAL}"},
            id="nothing escalates",
        ),
    ],
)
def test_other_alerts_are_not_warned_of(changed: Changed) -> None:
    assert _warned(changed) == []


def test_many_alerts_are_one_diagnostic() -> None:
    alerts = "".join(
        f"  A{number}: {{expr: vector(1), severity: critical, summary: It is stuck}}\n" for number in "12345"
    )
    ((_, message),) = _warned({CHECKOUT: f"query_offset: 6m\nalerts:\n{alerts}"})
    assert message.startswith("`A1`, `A2`, `A3` and 2 more are evaluated 6m late")


def test_the_labels_of_a_vendors_group_are_those_of_its_alerts() -> None:
    group = "groups: [{name: g, interval: 1h, labels: {severity: critical}, rules: [{alert: Full, expr: vector(1)}]}]\n"
    assert len(_warned({DISKS: group})) == 1


def test_it_is_a_warning() -> None:
    files = {
        **PRODUCTION,
        "tenants/acme/overlays/production.yaml": ESCALATING,
        CHECKOUT: f"query_offset: 6m\n{CRITICAL}",
    }
    made = build(files)
    assert findings(made) == [f"emit/forgotten-alert: `Stuck` is evaluated 6m late, {AGAIN}"]
    assert made.artifacts
