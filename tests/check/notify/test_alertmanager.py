"""Notifications need an Alertmanager with an address and a default receiver, and a strict tenant needs its own."""

import pytest

from tests.emit.alertmanager.notifying import OVERLAY, findings, task
from tests.emit.repository import task as task_of
from varve.check.notify import alertmanager
from varve.model.diagnostic import Report
from varve.model.source import Map, Value

STRICT = "tenant: {isolation: strict}\n"
OWN = "{acme: {alertmanagers: ['a.example:9093'], alertmanager_url: 'https://a.example'}}"


def test_a_unit_with_every_kind_of_notification_is_valid() -> None:
    made = task()
    alertmanager.check(made.unit, made.environment, made.report)
    alertmanager.check_platform(made.environment, made.report)
    assert findings(made) == []


def test_without_an_alertmanager_notifications_are_refused_and_not_checked_further() -> None:
    made = task_of({OVERLAY: "notify: {repeat: 1s, group_by: [tenant]}\n"})
    alertmanager.check(made.unit, made.environment, made.report)
    alertmanager.check_platform(made.environment, made.report)
    assert findings(made) == ["check/no-alertmanager: `production` has no Alertmanager to send notifications"]


def test_dependencies_are_checked_without_an_alertmanager_too() -> None:
    made = task_of({"tenants/acme/services/search.yaml": "depends_on: [ledger]\n"})
    alertmanager.check(made.unit, made.environment, made.report)
    assert findings(made) == ["check/unknown-dependency: there is no service `ledger`"]


class _Recording(dict[str, Value]):
    """A unit's value that records which keys are read."""

    def __init__(self, value: Map) -> None:
        super().__init__(value)
        self.read_keys: set[str] = set()

    def __getitem__(self, key: str) -> Value:
        self.read_keys.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Value = None) -> Value:  # type: ignore[override]
        self.read_keys.add(key)
        return super().get(key, default)


def test_cached_checks_depend_only_on_the_declared_keys() -> None:
    made = task()
    value = _Recording(made.unit.value)
    alertmanager.check_notifications(made.unit._replace(value=value), made.report)
    assert {"notify", "users", "timezone"} <= value.read_keys <= {*alertmanager.NOTIFICATION_KEYS}


def test_a_mistake_is_reported_for_each_unit_that_has_it() -> None:
    made = task("notify: {receivers: {idle: {email: {to: [a@acme.example]}}}}")
    first, second = Report(), Report()
    for report in (first, second):
        alertmanager.check_unit(made.unit, report)
    assert [each.rule.code for each in first] == ["check/unused-receiver"]
    assert list(first) == list(second)


LACKING: dict[str, tuple[str, str]] = {
    "receiver": (
        "check/no-platform-receiver",
        "`production` has an Alertmanager but no default receiver",
    ),
    "alertmanagers": (
        "check/no-alertmanager-address",
        "`production` has an Alertmanager but none to which Prometheus sends alerts",
    ),
    "alertmanager": (
        "check/no-alertmanager-url",
        "`production` has an Alertmanager but does not set where people open it",
    ),
}


@pytest.mark.parametrize(("key", "expected"), LACKING.items(), ids=LACKING)
def test_an_alertmanager_needs_a_receiver_and_addresses(key: str, expected: tuple[str, str]) -> None:
    made = task("labels: {a: b}")
    platform = {name: each for name, each in made.environment.platform.items() if name != key}
    alertmanager.check_platform(made.environment._replace(platform=platform), made.report)
    assert findings(made) == [f"{expected[0]}: {expected[1]}"]


ISOLATED: dict[str, tuple[dict[str, str], list[str]]] = {
    "nothing is set": ({}, ["`alertmanagers` and `alertmanager_url`"]),
    "no URL": ({"strict": "{acme: {alertmanagers: ['a.example:9093']}}"}, ["`alertmanager_url`"]),
    "no instances": ({"strict": "{acme: {alertmanagers: [], alertmanager_url: 'https://a'}}"}, ["`alertmanagers`"]),
    "somebody else's": ({"strict": OWN.replace("acme", "globex")}, ["`alertmanagers` and `alertmanager_url`"]),
    "everything is set": ({"strict": OWN}, []),
}


@pytest.mark.parametrize(("more", "expected"), ISOLATED.values(), ids=ISOLATED)
def test_a_strict_tenant_needs_an_alertmanager_of_its_own(more: dict[str, str], expected: list[str]) -> None:
    made = task(STRICT, more=more)
    alertmanager.check(made.unit, made.environment, made.report)
    start = "check/strict-without-alertmanager: `acme` is strict but `production` does not set its own"
    assert findings(made) == [f"{start} {each}" for each in expected]
