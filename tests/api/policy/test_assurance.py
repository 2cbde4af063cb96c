"""Checks on varve's own diagnostics: each passes in a sound repository, and does not if its control is broken."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from tests.api.policy import governed
from tests.api.policy.governed import build, commit, write
from tests.sealing import ACME, OPERATOR, UMBRA, sealed
from tests.workbench import ROOT
from varve.api import repository as api
from varve.api.policy.assessment import Request

TODAY: Final = date(2025, 2, 28)
CHECKS: Final = sorted(path.stem for path in (ROOT / "policies/assurance").glob("*.yaml"))
FRAMEWORK: Final = f"""\
id: house
title: The rules of the house
severity: warning
limits: It is made for a test.
controls:
  - {{id: H1, title: what varve itself reports, checks: [{", ".join(CHECKS)}], limits: what nobody reports}}
unchecked: {{H2: whether anybody reads it}}
"""
SEALED: Final = "tenants/acme/secrets/metrics.sops.yaml"
CHECKOUT: Final = "tenants/acme/services/checkout.yaml"
DEFAULTS: Final = "environments/defaults.yaml"
SETTINGS: Final = f"""\
locale: en_GB
timezone: UTC
platform:
  targets: {{prometheus: {{version: "3.5"}}, alertmanager: {{version: "0.34"}}}}
  prometheus: {{scrape_interval: 30s, evaluation_interval: 30s}}
  alertmanagers: ["alerts:9093"]
  alertmanager: {{url: "https://alerts.example"}}
  receiver: {{email: {{to: [platform@acme.example]}}}}
  smtp: {{smarthost: "mail.example:25", from: varve@acme.example}}
  secrets: {{root: /run/secrets/varve, recipients: {{tenants: {{acme: [{ACME}]}}, platform: [{OPERATOR}]}}}}
"""
SCRAPE: Final = """\
scrape:
  app: {targets: ["a.example:1"], scheme: https, basic_auth: {username: u, password: {secret: metrics/password}}}
alerts:
  QueueStuck: {expr: queue_depth > 100, for: 10m, severity: critical, summary: The queue is stuck}
"""
NOTIFY: Final = """\
notify:
  receivers: {team: {email: {to: [sre@acme.example]}}}
  hours: {business: {days: "monday:friday", from: "09:00", to: "18:00"}}
  routes:
    critical: {receivers: [team]}
    warning: {receivers: [team]}
"""
JIRA: Final = (
    'jira: {api_url: "http://jira.acme.example/rest/api/2", project: OPS, issue_type: Bug, '
    "basic_auth: {username: u, password: {secret: metrics/password}}}"
)
WAIVER: Final = """\
waivers:
  - {policy: verified-certificates, tenant: acme, reason: soon mended, owner: a@b.io, granted: 2025-01-02, until: 2025-02-27}
"""  # noqa: E501 - a file
POLICY: Final = governed.POLICY.replace(
    "fail: {service: {id: checkout}}", "fail: {service: {description: takes it too}}"
)
"""One whose example that should fail holds."""
KEY: Final = "AKIA" + "QZ7WXTR4KJ2MNB5V"


@pytest.fixture
def held(repository: Path) -> Path:
    """A tenant with a sealed password, alerts and routes, held to every check on varve's own diagnostics; committed."""
    tenant = (repository / "tenants/acme/tenant.yaml").read_text()
    write(
        repository,
        {
            "policies/frameworks/house.yaml": FRAMEWORK,
            "environments/tenants/acme.yaml": "tenant: {compliance: [house]}\n",
            DEFAULTS: SETTINGS,
            SEALED: sealed("acme", "password"),
            CHECKOUT: SCRAPE,
            "tenants/acme/tenant.yaml": tenant + NOTIFY,
        },
    )
    build(repository)
    commit(repository)
    return repository


def verdicts(repository: Path, today: date = TODAY) -> dict[str, str]:
    found = api.open(repository).report_policies(Request(today)).assessment
    assert found is not None
    return {each.id: each.verdict for standing in found.standings for each in standing.checks}


def replaced(path: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(repository: Path) -> None:
        text = (repository / path).read_text()
        assert old in text
        write(repository, {path: text.replace(old, new)})

    return edit


def written(path: str, text: str) -> Callable[[Path], None]:
    return lambda repository: write(repository, {path: text})


def copied(repository: Path) -> None:
    write(repository, {"tenants/acme/secrets/production/metrics.sops.yaml": (repository / SEALED).read_text()})


def told_once(repository: Path) -> None:
    """Commit a credential, and remove it in the next commit."""
    write(repository, {"notes.md": f"{KEY}\n", DEFAULTS: f"# {KEY}\n{SETTINGS}"})
    commit(repository)
    write(repository, {DEFAULTS: SETTINGS})
    commit(repository)


BREAKS: Final[dict[str, tuple[str, Callable[[Path], None]]]] = {
    "an artifact is edited": (
        "built-as-said",
        replaced("build/production/tenants/acme/rules/checkout.yaml", "> 100", "> 999"),
    ),
    "a waiver has ended": ("dated-waivers", written("policies/waivers.yaml", WAIVER)),
    "a password travels in the clear": (
        "encrypted-credentials",
        replaced("tenants/acme/tenant.yaml", "email: {to: [sre@acme.example]}", JIRA),
    ),
    "a route names nobody": ("heard-alerts", replaced("tenants/acme/tenant.yaml", "critical: {receivers: [team]}", "")),
    "a critical alert waits for the morning": (
        "heard-at-all-hours",
        replaced(
            "tenants/acme/tenant.yaml",
            "critical: {receivers: [team]}",
            "critical: {receivers: [team], hours: business}",
        ),
    ),
    "a credential was committed once": ("no-secret-in-history", told_once),
    "a file is sealed for somebody else": (
        "sealed-for-policy",
        written(SEALED, sealed("acme", "password", to=[ACME, UMBRA])),
    ),
    "a password is written out": ("sealed-secrets", replaced(CHECKOUT, "{secret: metrics/password}", "hunter2hunter2")),
    "a sealed file is copied into an environment": ("separate-environments", copied),
    "a query reads another tenant": (
        "separate-tenants",
        replaced(CHECKOUT, "queue_depth", 'queue_depth{tenant="umbra"}'),
    ),
    "a policy fails its example": ("tested-policies", written("policies/told-services.yaml", POLICY)),
}


def test_every_check_passes_where_all_is_sound(held: Path) -> None:
    assert verdicts(held) == dict.fromkeys(CHECKS, "passed")


@pytest.mark.parametrize(("check", "break_"), BREAKS.values(), ids=BREAKS)
def test_a_broken_control_is_noticed_by_its_check(check: str, break_: Callable[[Path], None], held: Path) -> None:
    break_(held)
    assert verdicts(held)[check] in {"failed", "not judged"}


def test_alerts_that_nothing_routes_are_not_known_to_be_heard(held: Path) -> None:
    replaced("tenants/acme/tenant.yaml", NOTIFY, "")(held)
    replaced(DEFAULTS, ', alertmanager: {version: "0.34"}', "")(held)
    build(held)
    found = api.open(held).report_policies(Request(TODAY))
    assert not found.broken
    assert found.failing
    assert {check for check, verdict in verdicts(held).items() if verdict != "passed"} == {
        "heard-alerts",
        "heard-at-all-hours",
    }


def test_a_data_key_grows_old(held: Path) -> None:
    assert verdicts(held, date(2025, 6, 1))["fresh-data-keys"] == "failed"


def test_every_check_is_broken_on_purpose() -> None:
    assert {check for check, _ in BREAKS.values()} | {"fresh-data-keys"} == {*CHECKS}
