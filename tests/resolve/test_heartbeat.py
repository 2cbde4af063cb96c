"""The heartbeat of the shared servers and of a strict tenant's, and when there is none."""

import pytest

from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment
from varve.resolve.heartbeat import Heartbeat, heartbeat

BOTH: Map = {"prometheus": {"version": "3.5"}, "alertmanager": {"version": "0.34"}}
SETTINGS: Map = {"url": {"secret": "beat/shared"}}
OWN: Map = {"bank": {"heartbeat_url": {"secret": "beat/bank"}}, "vault": {}}
SHARED = "/run/secrets/platform/beat/shared"
BANKS = "/run/secrets/platform/beat/bank"

CASES: dict[str, tuple[Map, str | None, Heartbeat | None]] = {
    "that of the shared servers": ({"heartbeat": SETTINGS}, None, Heartbeat(SHARED, "1m")),
    "with its own interval": ({"heartbeat": {**SETTINGS, "interval": "5m"}}, None, Heartbeat(SHARED, "5m")),
    "that of a strict tenant": ({"heartbeat": {**SETTINGS, "interval": "5m"}}, "bank", Heartbeat(BANKS, "5m")),
    "none of a strict tenant": ({"heartbeat": SETTINGS}, "vault", None),
    "none of a tenant that is not named": ({"heartbeat": SETTINGS}, "acme", None),
    "none": ({}, None, None),
    "none without a shared one, whatever a strict tenant has": ({}, "bank", None),
    "none without an Alertmanager": (
        {"heartbeat": SETTINGS, "targets": {"prometheus": {"version": "3.5"}}},
        None,
        None,
    ),
}


@pytest.mark.parametrize(("settings", "tenant", "expected"), CASES.values(), ids=CASES)
def test_a_heartbeat(settings: Map, tenant: str | None, expected: Heartbeat | None) -> None:
    platform: Map = {"targets": BOTH, "secrets": {"root": "/run/secrets"}, "strict": OWN, **settings}
    assert heartbeat(Environment("dev", platform, Stack(())), tenant) == expected
