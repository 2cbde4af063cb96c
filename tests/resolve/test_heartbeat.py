"""The heartbeat of the shared servers and of a strict tenant's, and when there is none."""

import pytest

from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment
from varve.resolve.heartbeat import Heartbeat, heartbeat

BOTH: Map = {"prometheus": {"version": "3.5"}, "alertmanager": {"version": "0.34"}}
SAID: Map = {"url": {"secret": "beat/shared"}}
OWN: Map = {"bank": {"heartbeat_url": {"secret": "beat/bank"}}, "vault": {}}
SHARED = "/run/secrets/platform/beat/shared"
BANKS = "/run/secrets/platform/beat/bank"

CASES: dict[str, tuple[Map, str | None, Heartbeat | None]] = {
    "that of the shared servers": ({"heartbeat": SAID}, None, Heartbeat(SHARED, "1m")),
    "as often as it is said": ({"heartbeat": {**SAID, "interval": "5m"}}, None, Heartbeat(SHARED, "5m")),
    "that of a strict tenant": ({"heartbeat": {**SAID, "interval": "5m"}}, "bank", Heartbeat(BANKS, "5m")),
    "none of a strict tenant": ({"heartbeat": SAID}, "vault", None),
    "none of a tenant that is not named": ({"heartbeat": SAID}, "acme", None),
    "none": ({}, None, None),
    "none, whatever is said of a strict tenant": ({}, "bank", None),
    "none without an Alertmanager": ({"heartbeat": SAID, "targets": {"prometheus": {"version": "3.5"}}}, None, None),
}


@pytest.mark.parametrize(("said", "tenant", "expected"), CASES.values(), ids=CASES)
def test_a_heartbeat(said: Map, tenant: str | None, expected: Heartbeat | None) -> None:
    platform: Map = {"targets": BOTH, "secrets": {"root": "/run/secrets"}, "strict": OWN, **said}
    assert heartbeat(Environment("dev", platform, Stack(())), tenant) == expected
