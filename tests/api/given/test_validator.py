"""A tenant's configuration in a program is judged as far as that is possible without a repository."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import varve
from tests.workbench import BASE
from varve.model.source import Map, Value

LOGIN: Map = {"username": "varve", "password": {"secret": "metrics/password"}}
UNIT: Map = {
    "tenant": {
        "name": "ACME",
        "tier": "gold",
        "region": "eu-west-1",
        "isolation": "logical",
        "owners": ["sre@acme.example"],
        "compliance": ["pci-dss", "soc2"],
    },
    "locale": "en_GB",
    "timezone": "UTC",
    "contact": {"user": "alice"},
    "users": {"alice": {"name": "Alice", "email": "alice@acme.example"}},
    "services": {
        "checkout": {
            "owner": "payments",
            "packs": {"http-service": {}},
            "scrape": {"app": {"targets": ["checkout.acme.example:9090"], "basic_auth": LOGIN}},
            "alerts": {"QueueStuck": {"expr": "depth > 100", "severity": "warning", "summary": "It is stuck"}},
            "slos": {"availability": {"objective": 99.9, "window": "30d", "errors": "e", "total": "t"}},
        }
    },
}


MAIL: Map = {"email": {"to": ["a@acme.example"]}}


def telling(receiver: Map, **others: Value) -> Map:
    """The `notify` map of a unit with one receiver, for critical alerts."""
    return {"receivers": {"them": receiver}, "routes": {"critical": {"receivers": ["them"]}}, **others}


def changed(change: Callable[[Any], object]) -> Map:
    data = copy.deepcopy(UNIT)
    change(data)
    return data


def findings(data: Any, *frameworks: str) -> list[tuple[str, str]]:  # noqa: ANN401 - wrong data may be of any type
    found = varve.TenantConfigValidator("acme", "production", frameworks).validate(data)
    return [(each.diagnostic.rule.code, each.spot.file if each.spot else "") for each in found.situated]


@pytest.mark.parametrize(
    ("change", "found"),
    {
        "nothing": (lambda _: None, []),
        "it says its own unit": (lambda data: data.update(environment="production"), []),
        "a choice that is none": (
            lambda data: data["services"]["checkout"]["alerts"]["QueueStuck"].update(severity="waring"),
            [("check/not-a-choice", "services.checkout.alerts.QueueStuck.severity")],
        ),
        "a duration that is none": (
            lambda data: data["services"]["checkout"].update(interval="1x"),
            [("check/bad-duration", "services.checkout.interval")],
        ),
        "something is not said": (
            lambda data: data.pop("timezone"),
            [("check/missing-key", "data.json")],
        ),
        "a user that is not there": (
            lambda data: data.pop("users"),
            [("check/unknown-user", "contact.user")],
        ),
        "a dependency that is not there": (
            lambda data: data["services"]["checkout"].update(depends_on=["ledger"]),
            [("check/unknown-dependency", "services.checkout.depends_on[0]")],
        ),
        "a receiver that is nobody": (
            lambda data: data.update(notify=telling({"user": "nobody"})),
            [("check/receiver-of-nobody", "notify.receivers.them.user")],
        ),
        "a group by what is always in it": (
            lambda data: data.update(notify=telling(MAIL, group_by=["tenant", "service"])),
            [("check/repeated-label", "notify.group_by[0]")],
        ),
        "a repeat before its time": (
            lambda data: data.update(notify=telling(MAIL, group_interval="5m", repeat="1m")),
            [("check/repeat-too-soon", "notify.repeat")],
        ),
        "a repeat and mail that only the platform can judge": (
            lambda data: data.update(notify=telling(MAIL, repeat="1m")),
            [],
        ),
        "hours that no route names": (
            lambda data: data.update(notify=telling(MAIL, hours={"night": {"from": "22:00", "to": "06:00"}})),
            [("check/unused-hours", "notify.hours.night")],
        ),
        "a match of nearly a service": (
            lambda data: data.update(
                notify=telling(MAIL, routes={"one": {"match": 'service="chekout"', "receivers": ["them"]}})
            ),
            [("check/mistyped-service", "notify.routes.one.match")],
        ),
        "an objective that is never alerted on": (
            lambda data: data["services"]["checkout"]["slos"]["availability"].update(objective=90),
            [("check/objective-never-fires", "services.checkout.slos.availability.objective")],
        ),
        "another tenant": (
            lambda data: data["tenant"].update(id="umbra"),
            [("check/other-unit", "tenant.id")],
        ),
        "another environment": (
            lambda data: data.update(environment="staging"),
            [("check/other-unit", "environment")],
        ),
    }.values(),
)
def test_mistakes_are_reported_by_their_paths(change: Callable[[Any], object], found: list[tuple[str, str]]) -> None:
    assert findings(changed(change)) == found


@pytest.mark.parametrize(("frameworks", "missing"), [((), 0), (("soc2",), 0), (("soc2", "hds", "hds", "iso-27001"), 2)])
def test_each_requested_framework_must_be_declared(frameworks: tuple[str, ...], missing: int) -> None:
    data = copy.deepcopy(UNIT)
    assert findings(data, *frameworks) == [("check/not-compliant", "tenant.compliance")] * missing


def test_a_secret_is_never_quoted() -> None:
    def change(data: Any) -> None:  # noqa: ANN401
        data["services"]["checkout"]["scrape"]["app"]["basic_auth"]["password"] = "hunter2"  # noqa: S105

    found = varve.TenantConfigValidator("acme", "production").validate(changed(change))
    assert [each.rule.code for each in found.diagnostics] == ["check/inline-secret"]
    assert "hunter2" not in found.text() + found.json() + found.github()


def test_data_that_is_not_a_map_is_reported() -> None:
    assert [code for code, _ in findings([])] == ["read/not-a-mapping"]
    assert [code for code, _ in findings({"tenant": 1, "environment": 2})][:1] == ["check/missing-key"]


def test_a_resolved_unit_is_sound(repository: Path) -> None:
    assert (BASE / "varve.yaml").exists()
    data = varve.ConfigManager(repository).load("acme", "production")
    assert varve.TenantConfigValidator("acme", "production").validate(data).sound
    assert varve.TenantConfigValidator("acme", "staging").validate(data).broken
