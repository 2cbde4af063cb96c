"""Alerts are routed by a strict tenant's own Alertmanager, which is as the platform sets it, else by the frame."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.link.isolation.confined import TENANTS, environment, values
from varve.emit.alertmanager import frame
from varve.link.isolation.delivery import prove
from varve.link.isolation.evidence import Contribution, File
from varve.link.linking import Member
from varve.model.artifact import NOTHING_PROVEN
from varve.model.source import Map

SPOILT: dict[str, tuple[str, Callable[[Any], object]]] = {
    "another heartbeat": (
        "the heartbeat is sent less often than every 5m",
        lambda file: file["route"]["routes"][0].update(repeat_interval="1h"),
    ),
    "a heartbeat that can be inhibited": (
        "the heartbeat can be inhibited by other alerts",
        lambda file: file["inhibit_rules"].append({"target_matchers": ['alertname="Heartbeat"']}),
    ),
    "another receiver of the platform": (
        "the platform's receiver differs from what the platform sets",
        lambda file: file["receivers"][0].update(name="platform", slack_configs=[]),
    ),
    "an alert that reaches somebody else": (
        "the alert `QueueStuck` of `bank` reaches the receiver `acme/team`",
        lambda file: file["route"]["routes"][1].update(receiver="acme/team", routes=[]),
    ),
    "an interval that is not defined": (
        "Alertmanager would not load it: there is no interval `bank/business`",
        lambda file: file.pop("time_intervals"),
    ),
}


def files(tenant: str, spoil: Callable[[Any], object] = lambda _: None) -> list[File]:
    folder = f"build/production/tenants/{tenant}/"
    values_: dict[str, Any] = {path: each for path, each in values().items() if path.startswith(folder)}
    values_[f"{folder}alertmanager.yaml"] = deepcopy(values_[f"{folder}alertmanager.yaml"])
    spoil(values_[f"{folder}alertmanager.yaml"])
    return [File(path, tenant, TENANTS[tenant] == "strict", each) for path, each in values_.items()]


def contribution(tenant: str, platform: Map | None = None, *, fresh: bool = True) -> Contribution:
    member = Member(tenant, TENANTS[tenant] == "strict", fresh, ())
    return Contribution(member, environment(), frame(environment()) if platform is None else platform)


def test_the_counts_of_a_strict_tenant_include_the_heartbeat() -> None:
    counts, breaches = prove(contribution("bank"), files("bank"))
    shared, _ = prove(contribution("acme"), files("acme"))
    assert breaches == ()
    assert (counts.routes - 1, counts.alerts - 1) == (shared.routes, shared.alerts)
    assert (counts.rules, counts.queries) == (0, 0)


@pytest.mark.parametrize(("sentence", "spoil"), SPOILT.values(), ids=SPOILT)
def test_breaches_of_a_strict_tenants_server_are_reported(sentence: str, spoil: Callable[[Any], object]) -> None:
    _, breaches = prove(contribution("bank"), files("bank", spoil))
    assert sentence in [each.message for each in breaches]


def test_a_kept_server_may_send_an_earlier_heartbeat() -> None:
    _, spoil = SPOILT["another heartbeat"]
    assert prove(contribution("bank", fresh=False), files("bank", spoil))[1] == ()


def test_without_an_alertmanager_nothing_is_counted() -> None:
    without = [each for each in files("bank") if each.steps != ("alertmanager.yaml",)]
    assert prove(contribution("bank"), without) == (NOTHING_PROVEN, ())
    assert prove(contribution("acme", {}), files("acme")) == (NOTHING_PROVEN, ())
