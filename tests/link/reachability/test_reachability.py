"""Every alert of the example reaches its own tenant, and no other; a build reports alerts that reach nobody."""

from pathlib import Path
from time import process_time

import pytest
import yaml

from tests.emit.alertmanager.notifying import OVERLAY
from tests.emit.alertmanager.notifying import notifying as platform
from tests.emit.repository import build, findings
from tests.link.reachability.reaching import alert, emitted, overlay
from tests.workbench import ROOT
from varve.link import reachability
from varve.link.routing import decide, read_own
from varve.link.routing.alerts import alerts, received_labels
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.unit import Environment

ENVIRONMENTS = sorted((ROOT / "build").glob("*/shared/alertmanager.yaml"))


@pytest.mark.parametrize("file", ENVIRONMENTS, ids=[path.parts[-3] for path in ENVIRONMENTS])
def test_every_alert_of_the_example_reaches_its_own_tenant_and_no_other(file: Path) -> None:
    shared = read_own(yaml.safe_load(file.read_bytes()))
    nodes = {node.matchers[0].value for node in shared.root.nodes}
    for folder in sorted(file.parent.parent.glob("tenants/*")):
        tenant = folder.name
        tree = shared if tenant in nodes else read_own(yaml.safe_load((folder / "alertmanager.yaml").read_bytes()))
        for labels in alerts(yaml.safe_load(path.read_bytes()) for path in sorted(folder.glob("rules/**/*.yaml"))):
            environment = Environment(file.parts[-3], {"external_labels": {"cluster": "eu-1"}}, Stack(()))
            notified = decide(tree, received_labels(labels, environment, tenant)).notified
            assert notified
            assert all(each.startswith(f"{tenant}/") for each in notified)


ROUTES = "all: {match: [], receivers: [one]}, critical: {receivers: [two], hours: day}"


def test_a_build_warns_and_writes_all_the_same() -> None:
    made = build(
        {**platform(ROUTES), "tenants/acme/services/checkout.yaml": alert("critical"), OVERLAY: overlay(ROUTES)}
    )
    assert [each for each in findings(made) if each.startswith("link/")] == [
        "link/hidden-route: nothing reaches `critical`: `all` takes everything first"
    ]
    assert "build/production/shared/alertmanager.yaml" in made.artifacts


@pytest.mark.parametrize("routes", ["", "notify: {receivers: {one: {email: {to: [a@acme.example]}}}}\n"])
def test_a_tenant_without_routes_is_not_warned(routes: str) -> None:
    made, artifacts = emitted(routes or "timezone: UTC\n", {})
    report = Report()
    reachability.check(made.unit, made.environment, artifacts, report)
    reachability.check(made.unit, made.environment, [], report)
    assert list(report) == []


def test_many_alerts_and_routes_are_checked_quickly() -> None:
    rules = "".join(
        f"  - {{alert: A{each}, expr: vector({each}), labels: {{severity: s{each % 7}}}}}\n" for each in range(1900)
    )
    vendor = {"tenants/acme/rules/vendor.yaml": f"groups:\n- name: v\n  rules:\n{rules}"}
    routes = ", ".join(
        f"r{each}: {{match: 'alertname=~\"A{each}.*\"', receivers: [one], order: {each}}}" for each in range(100)
    )
    made, artifacts = emitted(overlay(routes), vendor)
    start = process_time()
    reachability.check(made.unit, made.environment, artifacts, Report())
    assert process_time() - start < 10
