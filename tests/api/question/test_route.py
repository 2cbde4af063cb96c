"""Where alerts go, as data: by the compiled sources, and never by the files under build/."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import varve
from tests.workbench import varve as command

PLATFORM = """\
platform:
  targets: {alertmanager: {version: "0.34"}}
  alertmanager: {url: "https://alerts.example"}
  alertmanagers: ["alerts.example:9093"]
  receiver: {email: {to: [ops@platform.example]}}
  smtp: {smarthost: "mail.example:587", from: alerts@platform.example}
  strict: {umbra: {alertmanagers: ["umbra.example:9093"], alertmanager_url: "https://umbra.example"}}
"""
OVERLAY = """\
timezone: Europe/Paris
notify:
  receivers: {team: {email: {to: [a@acme.example]}}}
  hours: {business: {days: "monday:friday", from: "09:00", to: "18:00"}}
  routes: {info: {receivers: [team], hours: business}, warning: {receivers: [team]}}
"""
INFO = {"severity": "info"}


def notifying(repository: Path, *tenants: str) -> Path:
    """The repository, where production has an Alertmanager, and these tenants have receivers there."""
    (repository / "environments/production.yaml").write_text(PLATFORM)
    for tenant in tenants:
        overlay = repository / f"tenants/{tenant}/overlays/production.yaml"
        overlay.parent.mkdir(exist_ok=True)
        overlay.write_text(OVERLAY)
    return repository


def test_a_decision_is_data(repository: Path) -> None:
    unit = varve.open(notifying(repository, "acme")).unit("acme", "production")
    routed = unit.route(INFO, "2026-11-20T09:00")
    (decision,) = routed.decisions
    assert (routed.sound, decision.notified) == (True, ("acme/team",))
    assert decision.labels == (("severity", "info"), ("tenant", "acme"))
    assert not (repository / "build/production/shared/alertmanager.yaml").exists()


def test_a_time_is_on_the_clock_of_the_unit_unless_it_says_another(repository: Path) -> None:
    unit = varve.open(notifying(repository, "acme")).unit("acme", "production")
    for at in ("2026-11-20T09:00", "2026-11-20T08:00Z", datetime(2026, 11, 20, 8, tzinfo=UTC)):
        (decision,) = unit.route(INFO, at).decisions
        assert decision.at is not None
        assert (decision.at.isoformat(), decision.muted) == ("2026-11-20T09:00:00+01:00", ())
    for at in ("2026-11-20T08:59", datetime(2026, 11, 20, 17, tzinfo=UTC)):
        assert unit.route(INFO, at).decisions[0].muted == ("acme/team",)


@pytest.mark.parametrize("at", ["soon", datetime(2026, 11, 20)])  # noqa: DTZ001 - a naive time is refused
def test_a_text_that_is_not_a_time_is_refused(repository: Path, at: str | datetime) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        varve.open(notifying(repository, "acme")).unit("acme", "production").route(INFO, at)


def test_without_labels_every_alert_of_the_rules_is_routed(repository: Path) -> None:
    routed = varve.open(notifying(repository, "acme")).unit("acme", "production").route()
    labels = [dict(each.labels) for each in routed.decisions]
    assert [(each["alertname"], each["tenant"], each["service"]) for each in labels] == [
        ("QueueStuck", "acme", "checkout")
    ]
    assert [each.notified for each in routed.decisions] == [("acme/team",)]
    assert routed.answer.split() == ["QueueStuck", "warning", "checkout", "acme/team", "-", "notify.routes.warning"]


def test_a_strict_tenant_is_routed_by_its_own_file(two: Path) -> None:
    repository = varve.open(notifying(two, "acme", "umbra"))
    shared, own = (repository.unit(name, "production").route(INFO) for name in ("acme", "umbra"))
    assert [each.decisions[0].notified for each in (shared, own)] == [("acme/team",), ("umbra/team",)]
    for routed, tenant in ((shared, "acme"), (own, "umbra")):
        assert routed.tree is not None
        (node,) = routed.tree.root.nodes
        assert node.matchers[0].value == tenant


def test_the_text_is_what_the_command_prints(repository: Path) -> None:
    routed = varve.open(notifying(repository, "acme")).unit("acme", "production").route(INFO, "2026-11-21T03:00")
    words = "route acme production severity=info --at 2026-11-21T03:00"
    assert (0, routed.text()) == command(words, repository)
    assert (0, routed.json()) == command(f"{words} --format json", repository)
    assert (0, routed.branch) == command("route acme production --tree", repository)
    assert json.loads(routed.json(tree=True))["receiver"] == "platform"


def test_a_broken_unit_routes_nothing(repository: Path) -> None:
    (notifying(repository, "acme") / "tenants/acme/tenant.yaml").write_text("tenant: [\n")
    routed = varve.open(repository).unit("acme", "production").route(INFO)
    assert (routed.decisions, routed.tree, routed.answer, routed.branch, routed.json()) == ((), None, "", "", "")
    assert routed.text().startswith("error[read/syntax]")


def test_an_environment_without_an_alertmanager_routes_nothing(repository: Path) -> None:
    routed = varve.open(repository).unit("acme", "staging").route(INFO)
    assert [each.message for each in routed.diagnostics] == ["`staging` has no Alertmanager that could route alerts"]


def test_an_unknown_unit_is_reported(repository: Path) -> None:
    routed = varve.open(repository).unit("acmee", "prod").route(INFO)
    assert {each.rule.code for each in routed.diagnostics} == {"read/no-such-tenant", "read/no-such-environment"}
