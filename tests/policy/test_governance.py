"""The policies of `policies/governance/` can be evaluated on everything that the schemas accept."""

from dataclasses import replace

import pytest

from tests.policy.shaped import SEEDS, World, faults, is_sound, programs, world
from varve.model.policy import Scope
from varve.model.source import Map, Value

PRESENCE = ("security-alerts", "capacity-alerts", "backup-alerts", "clock-alerts", "meta-monitoring")
UNIT: Map = {"tenant": {"id": "acme", "isolation": "strict", "owners": ["a@acme.example"], "tier": "gold"}}
MANY = 1_500


def judged(id_: str, subject: Map, shared: Map | None = None, parameters: Map | None = None) -> object:
    """The result of a policy for one subject, with its own parameters or the given ones."""
    made = programs("governance")[id_]
    given = {**made.policy.parameters, **(parameters or {})}
    own = replace(made, policy=made.policy._replace(parameters=given))
    return is_sound(own, {"unit": UNIT, **(shared or {})}, subject)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_policy_of_governance_can_be_evaluated_on_what_the_schemas_accept(seed: int) -> None:
    assert faults("governance", world(seed)) == []


def test_thousands_of_labels_and_users_can_be_judged() -> None:
    labels: Map = {f"label_{number}": "value" for number in range(MANY)}
    users: Map = {f"user-{number}": {"name": "A", "email": "a@acme.example"} for number in range(MANY)}
    unit: Map = {**UNIT, "labels": labels, "users": users}
    alert: Map = {"name": "Down", "labels": labels}
    service: Map = {"id": "checkout", "labels": labels}
    subjects = {Scope.UNIT: [unit], Scope.ALERT: [alert], Scope.SERVICE: [service]}
    assert faults("governance", World({"unit": unit}, subjects)) == []


@pytest.mark.parametrize("policy", PRESENCE)
def test_one_alert_is_found_among_thousands_and_none_is_not(policy: str) -> None:
    others: list[Value] = [_alert(f"Slow{number}", "x > 1") for number in range(MANY)]
    required = programs("governance")[policy].policy.parameters["required"]
    assert isinstance(required, list)
    present: list[Value] = [{**_alert("Odd", "y"), "labels": {"category": kind}} for kind in required]
    assert judged(policy, UNIT, {"alerts": others}) is False
    assert judged(policy, UNIT, {"alerts": [*others, *present]}) is True
    assert judged(policy, UNIT, {"alerts": [*others, *present[1:]]}) is False


FIELD = [
    ("capacity-alerts", "disk", "NodeFilesystemAlmostOutOfSpace", "node_filesystem_avail_bytes / x < 0.03"),
    ("capacity-alerts", "disk", "KubePersistentVolumeFillingUp", "kubelet_volume_stats_available_bytes / x < 0.03"),
    ("capacity-alerts", "memory", "NodeMemoryHighUtilization", "100 - node_memory_MemAvailable_bytes > 90"),
    ("capacity-alerts", "cardinality", "TooManySeries", "prometheus_tsdb_head_series > 1e6"),
    ("clock-alerts", "clock", "NodeClockNotSynchronising", "min_over_time(node_timex_sync_status[5m]) == 0"),
    (
        "meta-monitoring",
        "reload",
        "PrometheusBadConfig",
        "max_over_time(prometheus_config_last_reload_successful[5m]) == 0",
    ),
    (
        "meta-monitoring",
        "rules",
        "PrometheusRuleFailures",
        "increase(prometheus_rule_evaluation_failures_total[5m]) > 0",
    ),
    (
        "meta-monitoring",
        "delivery",
        "AlertmanagerFailedToSendAlerts",
        "rate(alertmanager_notifications_failed_total[5m]) > 0",
    ),
    ("meta-monitoring", "targets", "TargetDown", "up == 0"),
    ("backup-alerts", "backup", "VeleroBackupFailed", "increase(velero_backup_failure_total[1h]) > 0"),
    ("backup-alerts", "restore", "RestoreTestOverdue", "time() - restore_test_seconds > 1e7"),
    ("security-alerts", "authentication", "SshLoginsFail", "increase(ssh_login_failures_total[5m]) > 10"),
    ("security-alerts", "audit", "AuditLogSilent", "absent(audit_log_lines_total)"),
    ("security-alerts", "privilege", "RoleBindingChanged", "increase(role_binding_changes_total[5m]) > 0"),
    ("security-alerts", "secrets", "VaultSealed", "vault_core_unsealed == 0"),
]
"""Alerts as published by others, and their kinds."""


@pytest.mark.parametrize(("policy", "kind", "name", "expr"), FIELD)
def test_published_alerts_are_of_their_kind_and_of_no_other(policy: str, kind: str, name: str, expr: str) -> None:
    kinds = programs("governance")[policy].policy.parameters["kinds"]
    assert isinstance(kinds, dict)
    of = [each for each in kinds if judged(policy, UNIT, {"alerts": [_alert(name, expr)]}, {"required": [each]})]
    assert of == [kind]


@pytest.mark.parametrize("policy", PRESENCE)
def test_every_kind_has_a_published_alert_and_required_kinds_are_known(policy: str) -> None:
    parameters = programs("governance")[policy].policy.parameters
    kinds, required = parameters["kinds"], parameters["required"]
    assert isinstance(kinds, dict)
    assert isinstance(required, list)
    assert {*required} <= kinds.keys()
    assert kinds.keys() - {kind for id_, kind, *_ in FIELD if id_ == policy} <= {"quota", "processor"}
    assert all(
        judged(policy, UNIT, {"alerts": [_alert("Odd", "y > 1")]}, {"required": [kind]}) is False for kind in kinds
    )


def _alert(name: str, expr: str) -> Map:
    return {"name": name, "expr": expr, "labels": {"severity": "warning"}}


@pytest.mark.parametrize("directory", [["a@acme.example"], {"a@acme.example": {"name": "A"}}], ids=["list", "map"])
def test_a_directory_is_a_list_or_a_map(directory: Value) -> None:
    user: Map = {**UNIT, "users": {"a": {"name": "A", "email": "a@acme.example"}}}
    for policy in ("listed-owner", "listed-user"):
        assert judged(policy, user, None, {"directory": directory}) is True
        assert judged(policy, user, None, {"directory": ["b@acme.example"]}) is False


@pytest.mark.parametrize(
    ("match", "matches"),
    [
        ([], True),
        (['severity="critical"'], True),
        (['severity="warning"'], False),
        (['severity!="critical"'], False),
        (['severity!="warning"'], True),
        (['severity=~"warning|critical"'], True),
        (['severity=~"warning|info"'], False),
        (['severity=~"w.*|c.*"'], True),
        (['severity!~"critical|warning"'], False),
        (['service="checkout"', 'severity="info"'], False),
        (['severity_of_storm="warning"'], True),
    ],
)
def test_a_route_matches_critical_alerts_unless_its_matchers_exclude_them(match: list[Value], *, matches: bool) -> None:
    route: Map = {"id": "own", "match": match, "mute": "nights", "receivers": []}
    assert judged("muted-critical", route) is not matches
    assert judged("muted-critical", {**route, "continue": True}) is True
