"""No tenant has a file at the heartbeat's path; other breaches of the heartbeat are in `../test_isolation.py`."""

from typing import Any

import pytest

from tests.link.isolation.confined import environment, judged, values
from varve.link.isolation.heartbeat import routing_breaches
from varve.link.isolation.names import misplaced_paths
from varve.link.linking import Member
from varve.link.routing import read_own

RULE = "build/production/shared/rules/heartbeat.yaml"


@pytest.mark.parametrize("path", [RULE, RULE.replace("heartbeat", "Heartbeat"), "build/production/tenants/acme/../x"])
def test_no_tenants_file_replaces_the_heartbeats(path: str) -> None:
    member = Member("acme", strict=False, fresh=True, files=(path,))
    found = [each for each, _ in misplaced_paths("production", [member], [RULE])]
    assert path in found


def test_an_unexpected_or_missing_heartbeat_is_found() -> None:
    without = {path: each for path, each in values().items() if path != RULE}
    (found,) = judged(without).diagnostics
    assert found.message == "the heartbeat that the platform sets is missing"
    assert found.place is not None
    assert found.place.file == RULE


INHIBITIONS = {
    "both of one tenant": (['tenant="acme"'], [], False),
    "whatever is not critical": (['severity!="critical"'], [], True),
    "whatever is no tenant's": (['tenant=""'], ["tenant"], True),
    "whatever is like it": (['alertname="Heartbeat"'], ["alertname"], True),
}


@pytest.mark.parametrize(("target", "equal", "silences"), INHIBITIONS.values(), ids=INHIBITIONS)
def test_an_inhibition_of_the_heartbeat_is_found(target: list[str], equal: list[str], *, silences: bool) -> None:
    whole: Any = values()["build/production/shared/alertmanager.yaml"]
    rule: Any = {"source_matchers": [], "target_matchers": target, "equal": equal}
    tree = read_own({**whole, "inhibit_rules": [rule]})
    found = [each.message for each in routing_breaches(tree, environment())]
    assert found == (["the heartbeat can be inhibited by other alerts"] if silences else [])


def test_the_heartbeat_reaches_only_the_watching_service() -> None:
    whole: Any = values()["build/production/shared/alertmanager.yaml"]
    assert list(routing_breaches(read_own(whole), environment())) == []
    routes = whole["route"]["routes"][1:]
    (found,) = routing_breaches(read_own({**whole, "route": {**whole["route"], "routes": routes}}), environment())
    assert found.message == "the heartbeat does not reach exactly the watching service"
