"""The heartbeat is sent at least once in its interval, and only by the server that loads the file."""

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emit.alertmanager.notifying import notifying, sealed
from tests.emit.repository import parsed, sound
from varve.emit.alertmanager.heartbeat import node, receiver
from varve.language.time import duration
from varve.resolve.heartbeat import Heartbeat

OWN: Final = "build/production/tenants/acme/alertmanager.yaml"
SHARED: Final = "build/production/shared/alertmanager.yaml"
PACES: Final = {"10s": ("1s", "9s"), "1m": ("10s", "50s"), "90s": ("15s", "1m15s"), "1d": ("4h", "20h")}
STRICT: Final = (
    "{acme: {alertmanagers: ['own:9093'], alertmanager_url: 'https://own.example', heartbeat_url: {secret: beat/acme}}}"
)
STAGING: Final = (
    "platform: {strict: {acme: {alertmanagers: ['own:9093'], alertmanager_url: 'https://own.staging.example'}}}\n"
)
TENANT: Final = {
    "tenants/acme/tenant.yaml": (
        "tenant: {name: A, tier: gold, region: eu-west-1, isolation: %s, owners: [a@acme.example]}\n"
    )
}


def lasts(text: object) -> int:
    return duration.milliseconds(str(text)) or 0


@pytest.mark.parametrize(("interval", "expected"), PACES.items())
def test_the_paces(interval: str, expected: tuple[str, str]) -> None:
    made = node(Heartbeat("/run/a", interval))
    assert (made["group_interval"], made["repeat_interval"]) == expected


@given(st.integers(10, 86_400), st.integers(0, 999))
@settings(max_examples=50, deadline=None)
def test_a_group_is_checked_at_the_end_of_the_interval_or_just_before(seconds: int, more: int) -> None:
    """Alertmanager repeats a notification at the first check after the repeat has passed since the last one."""
    interval = seconds * 1000 + more
    made = node(Heartbeat("/run/a", duration.text(interval)))
    look, repeat = lasts(made["group_interval"]), lasts(made["repeat_interval"])
    sent_in = look // 2
    first = next(time for time in range(look, 2 * interval, look) if time - repeat > sent_in)
    assert 0 < first - sent_in <= interval
    assert repeat >= look > 0


def test_the_end_of_a_heartbeat_is_not_sent() -> None:
    expected = {"name": "heartbeat", "webhook_configs": [{"url_file": "/run/a", "send_resolved": False}]}
    assert receiver(Heartbeat("/run/a", "1m")) == expected


def built(isolation: str, more: dict[str, str]) -> dict[str, Any]:
    """The shared file, and the tenant's own, with `more` settings of the platform in production."""
    settings = {"heartbeat": "{url: {secret: beat/url}}", **more}
    platform = "platform:\n" + "".join(f"  {key}: {text}\n" for key, text in settings.items())
    own = {
        "environments/production.yaml": platform,
        "environments/staging.yaml": STAGING,
        **sealed("environments/secrets", platform),
    }
    made = sound({**notifying("notify: {}"), **own, **_tenant(isolation)})
    return {path: parsed(made, path) for path in (SHARED, OWN)}


def _tenant(isolation: str) -> dict[str, str]:
    return {path: text % isolation for path, text in TENANT.items()}


def _receivers(file: dict[str, Any]) -> list[str]:
    return [each["name"] for each in file["receivers"]]


def test_a_file_that_no_server_loads_has_no_heartbeat() -> None:
    made = built("logical", {})
    assert _receivers(made[SHARED]) == ["platform", "heartbeat"]
    assert made[SHARED]["route"]["routes"][0]["matchers"] == ['alertname="Heartbeat"', 'tenant=""']
    assert made[SHARED]["receivers"][1]["webhook_configs"][0]["url_file"] == "/run/secrets/varve/platform/beat/url"
    assert _receivers(made[OWN]) == ["platform"]
    assert len(made[OWN]["route"]["routes"]) == 1


def test_a_strict_tenants_server_notifies_its_own_address() -> None:
    made = built("strict", {"strict": STRICT})
    assert _receivers(made[OWN]) == ["platform", "heartbeat"]
    assert made[OWN]["receivers"][1]["webhook_configs"][0]["url_file"] == "/run/secrets/varve/platform/beat/acme"
    assert [each["matchers"] for each in made[OWN]["route"]["routes"]] == [
        ['alertname="Heartbeat"', 'tenant=""'],
        ['tenant="acme"'],
    ]
    assert made[SHARED]["receivers"][1] != made[OWN]["receivers"][1]
