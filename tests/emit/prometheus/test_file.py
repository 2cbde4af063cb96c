"""The files of a service and of the tenant equal those of the whole unit, and are shared by equal environments."""

import pytest

from tests.emit.alertmanager.notifying import NOTIFY, notifying
from tests.emit.repository import CHECKOUT, STRICT, Changed, pack, task
from varve.emit.kit import Task
from varve.emit.prometheus import escalation, rules, unit_test
from varve.emit.prometheus.file import TENANT_FILE, files
from varve.language import canonical
from varve.model.source import Map
from varve.model.unit import Unit

SAYING = """\
owner: payments
description: {fr: La caisse, en: The checkout}
runbook: https://runbooks.acme.example/checkout
contact: {user: camille}
labels: {squad: money}
interval: 1m
limit: 500
query_offset: 1m
packs: {mine: {threshold: 3}}
slos: {paid: {objective: 99.9, window: 30d, errors: "failed_total", total: "paid_total"}}
records: {"checkout:paid:rate5m": {expr: "rate(paid_total[5m])"}}
alerts: {QueueStuck: {expr: queue_depth > 100, severity: critical, summary: Stuck, feature: loud}}
scrape: {app: {targets: ["app.acme.example:9090"]}}
"""
SLOW = "{alert: Slow, expr: 'up{tenant=\"{{ tenant.id }}\"} < {{ pack.threshold }}', labels: {severity: info}}"
MINE = pack(
    f"rules: [{{% if features.loud %}}{SLOW}{{% endif %}}]\n", properties="{threshold: {type: integer, default: 1}}"
)
GRAFANA = """\
platform:
  targets: {grafana: {version: "13.0"}}
  grafana: {url: "https://grafana.example", dashboards: /var/lib/varve, datasources: {logical: {url: "http://a:9090"}}}
"""
UNITS: dict[str, Changed] = {
    "a service that sets everything": {
        **notifying(NOTIFY.partition("\n")[2] + "features: {loud: true}\nlabels: {team: a}\n"),
        **MINE,
        CHECKOUT: SAYING,
        "environments/tiers/gold.yaml": "quotas: {series: 1000}\n",
    },
    "a strict tenant, with an Alertmanager of its own": {
        **notifying(more={"strict": "{acme: {alertmanagers: ['own:9093'], alertmanager_url: 'https://own.example'}}"}),
        **STRICT,
    },
    "dashboards to which alerts lead": {**notifying(), "environments/production.yaml": GRAFANA},
    "another language, and a mistake in a template": {
        **notifying("locale: fr_FR\n"),
        **pack("rules:\n  - {alert: Slow, expr: 'up{'}\n", applies_to="tenant"),
    },
}


def elsewhere(made: Task) -> Task:
    """The same unit in an equal environment."""
    environment = made.environment._replace(name="elsewhere")
    return made._replace(unit=made.unit._replace(unit=Unit("acme", "elsewhere")), environment=environment)


def made(task: Task, service: str) -> tuple[list[Map], Map]:
    """The files of the rules and the tests, made from the whole unit."""
    groups = rules.of_service(task, service) if service else rules.of_tenant(task)
    finished = [rules.finished(task, each) for each in groups]
    if service:
        return finished, unit_test.of_service(task, service)
    tests = escalation.with_tests(task, f"rules/{TENANT_FILE}.yaml", unit_test.of_tenant(task, TENANT_FILE))
    return [*finished, *escalation.groups(task)], tests


@pytest.mark.parametrize("changed", UNITS.values(), ids=UNITS)
def test_files_are_the_same_as_those_of_the_whole_unit(changed: Changed) -> None:
    acme = task(changed)
    for service in ("", *notified(acme)):
        found = files(acme, service)
        groups, tests = made(acme, service)
        assert (found.rules.data if found.rules else b"") == (canonical.yaml({"groups": [*groups]}) if groups else b"")
        assert (found.tests.data if found.tests else b"") == (canonical.yaml(tests) if tests else b"")


def notified(acme: Task) -> list[str]:
    services = acme.unit.value["services"]
    assert isinstance(services, dict)
    return list(services)


def test_equal_environments_share_files_unless_they_have_dashboards() -> None:
    here = task(UNITS["a service that sets everything"])
    assert all(files(here, each) is files(elsewhere(here), each) for each in ("", "checkout"))
    seen = task(UNITS["dashboards to which alerts lead"])
    first, second = files(seen, ""), files(elsewhere(seen), "")
    assert first.rules is not None
    assert second.rules is not None
    assert first.rules.data != second.rules.data
    assert first.tests is second.tests is not None


def test_a_mistake_is_reported_for_every_environment() -> None:
    here = task(UNITS["another language, and a mistake in a template"])
    there = elsewhere(here)._replace(report=type(here.report)())
    for each in (here, there):
        files(each, "")
    assert [*here.report] == [*there.report] != []
