"""The policies of `policies/quality/` can be evaluated on everything that the schemas accept."""

from dataclasses import replace
from typing import cast

import pytest

from tests.policy.shaped import SEEDS, World, faults, is_sound, programs, world
from varve.model.policy import Scope
from varve.model.source import Map, Value

MANY = 2_000


def judged(id_: str, subject: Map, parameters: Map | None = None) -> object:
    """The result of a policy for one subject, with its own parameters or the given ones."""
    made = programs("quality")[id_]
    given = {**made.policy.parameters, **(parameters or {})}
    return is_sound(replace(made, policy=made.policy._replace(parameters=given)), {}, subject)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_policy_of_quality_can_be_evaluated_on_what_the_schemas_accept(seed: int) -> None:
    assert faults("quality", world(seed)) == []


def test_thousands_of_labels_can_be_judged() -> None:
    labels: Map = {f"label_{number}": "value" for number in range(MANY)}
    alert: Map = {"name": "Down", "severity": "critical", "labels": labels, "annotations": labels}
    service: Map = {"id": "checkout", "labels": labels, "description": labels}
    assert faults("quality", World({}, {Scope.ALERT: [alert], Scope.SERVICE: [service]})) == []


def test_thousands_of_alerts_of_one_service_can_be_judged() -> None:
    alerts: Map = {f"Alert{number}": {"expr": "vector(1)", "labels": {"a": "b"}} for number in range(MANY)}
    scrape: Map = {f"job-{number}": {"targets": ["a:1"], "scheme": "https"} for number in range(MANY)}
    service: Map = {"id": "checkout", "alerts": alerts, "scrape": scrape}
    assert faults("quality", World({}, {Scope.SERVICE: [service]})) == []
    assert judged("availability-watched", service) is False
    last: Map = {"Last": {"expr": "absent(requests_total)"}}
    assert judged("availability-watched", {**service, "alerts": {**alerts, **last}}) is True


@pytest.mark.parametrize(
    ("expr", "sound"),
    [
        ("up == 0", True),
        ('up{job="x"} < 1', True),
        ("sum(up) == 0", True),
        ("absent(requests_total)", True),
        ("startup_seconds > 3", False),
        ("process_up_seconds > 3", False),
        ("absently > 3", False),
    ],
)
def test_an_alert_about_availability_is_known_by_whole_words(expr: str, *, sound: bool) -> None:
    assert judged("availability-watched", {"id": "db", "alerts": {"Down": {"expr": expr}}}) is sound


@pytest.mark.parametrize(("waits", "sound"), [("59s", False), ("60s", True), ("1m", True), ("1h", True), ("0s", False)])
def test_durations_are_compared_as_time_and_not_as_text(waits: str, *, sound: bool) -> None:
    assert judged("alert-patience", {"name": "Slow", "severity": "warning", "for": waits}) is sound


@pytest.mark.parametrize("policy", ["two-channels", "paged-critical", "quiet-info"])
def test_parameters_define_which_severities_and_channels_page(policy: str) -> None:
    own: Map = {"severities": ["page"], "channels": ["webhook", "email"]}
    passing = [each for each in (["webhook"], ["webhook", "email"], []) if _says(policy, each, own)]
    assert passing == {
        "two-channels": [["webhook", "email"]],
        "paged-critical": [["webhook"], ["webhook", "email"]],
    }.get(policy, [[]])


def _says(policy: str, channels: list[str], own: Map) -> bool:
    alert: Map = {"name": "Down", "severity": "page", "channels": cast("list[Value]", channels)}
    return judged(policy, alert, own) is True
