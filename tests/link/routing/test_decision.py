"""An alert is routed depth first, notifies in the hours of its routes, and is inhibited by others."""

from datetime import UTC, datetime
from typing import Any

import pytest

from varve.language.fault import Fault
from varve.link.routing import Tree, decide, read
from varve.link.routing.decision import reached

FRIDAY, SATURDAY = datetime(2026, 11, 20, 10, tzinfo=UTC), datetime(2026, 11, 21, 10, tzinfo=UTC)
FILE: dict[str, Any] = {
    "route": {
        "receiver": "root",
        "group_by": ["alertname"],
        "routes": [
            {"receiver": "audit", "matchers": ['severity!=""'], "continue": True},
            {
                "receiver": "shop",
                "matchers": ["service=shop"],
                "routes": [
                    {"receiver": "pager", "matchers": ["severity=critical"], "group_by": ["..."], "continue": True},
                    {
                        "receiver": "week",
                        "matchers": ['severity=~"critical|warning"'],
                        "active_time_intervals": ["week"],
                    },
                ],
            },
            {"receiver": "quiet", "matchers": ["service=cards"], "mute_time_intervals": ["weekend", "week"]},
            {"receiver": "never", "matchers": ["service=shop"]},
        ],
    },
    "time_intervals": [
        {"name": "week", "time_intervals": [{"weekdays": ["monday:friday"]}]},
        {"name": "weekend", "time_intervals": [{"weekdays": ["saturday", "sunday"]}]},
    ],
    "inhibit_rules": [
        {"source_matchers": ["severity=critical"], "target_matchers": ["severity!=critical"], "equal": ["service"]},
        {"source_matchers": ['team="a"'], "target_matchers": ['team=~"a|b"'], "equal": ["cluster"]},
    ],
}


def tree() -> Tree:
    found = read(FILE)
    assert not isinstance(found, Fault)
    return found


WALKS: dict[str, tuple[dict[str, str], list[tuple[str, tuple[int, ...]]]]] = {
    "nothing matches": ({}, [("root", ())]),
    "a sibling continues": ({"severity": "info"}, [("audit", (0,))]),
    "a node without a matching child": (
        {"severity": "info", "service": "shop"},
        [("audit", (0,)), ("shop", (1,))],
    ),
    "a child continues, and its parent does not": (
        {"severity": "critical", "service": "shop"},
        [("audit", (0,)), ("pager", (1, 0)), ("week", (1, 1))],
    ),
    "an empty label is none": ({"severity": "", "service": "cards"}, [("quiet", (2,))]),
}


@pytest.mark.parametrize(("labels", "nodes"), WALKS.values(), ids=WALKS)
def test_an_alert_is_routed_to_the_matching_nodes(
    labels: dict[str, str], nodes: list[tuple[str, tuple[int, ...]]]
) -> None:
    decision = decide(tree(), labels)
    assert [(each.receiver, each.node.path) for each in decision.deliveries] == nodes
    assert all(each.branch[0].path == () for each in decision.deliveries)


def test_a_group_has_those_labels_of_the_alert_that_the_route_groups_by() -> None:
    labels = {"alertname": "Down", "severity": "critical", "service": "shop", "team": ""}
    groups = {each.receiver: dict(each.group) for each in decide(tree(), labels).deliveries}
    everything = {"alertname": "Down", "severity": "critical", "service": "shop"}
    assert groups == {"audit": {"alertname": "Down"}, "pager": everything, "week": {"alertname": "Down"}}


def test_hours_mute_receivers() -> None:
    warning = {"severity": "warning", "service": "shop"}
    assert decide(tree(), warning, FRIDAY).notified == ("audit", "week")
    decision = decide(tree(), warning, SATURDAY)
    assert (decision.notified, decision.muted) == (("audit",), ("week",))
    assert [(each.muted_by, each.outside) for each in decision.deliveries] == [((), ()), ((), ("week",))]


def test_a_delivery_names_the_hours_that_mute_it() -> None:
    for at, name in ((FRIDAY, "week"), (SATURDAY, "weekend")):
        (delivery,) = decide(tree(), {"service": "cards"}, at).deliveries
        assert (delivery.muted_by, delivery.outside, delivery.is_muted) == ((name,), (), True)


def test_without_a_time_hours_are_ignored() -> None:
    decision = decide(tree(), {"service": "cards"})
    assert (decision.at, decision.notified, decision.muted) == (None, ("quiet",), ())


INHIBITED: dict[str, tuple[dict[str, str], dict[str, str], bool]] = {
    "of the same service": ({"severity": "info", "service": "s"}, {"severity": "critical", "service": "s"}, True),
    "of another service": ({"severity": "info", "service": "s"}, {"severity": "critical", "service": "t"}, False),
    "both of no service": ({"severity": "info"}, {"severity": "critical"}, True),
    "one of no service": ({"severity": "info"}, {"severity": "critical", "service": "s"}, False),
    "no target": ({"severity": "critical"}, {"severity": "critical", "x": "y"}, False),
    "both on both sides": ({"team": "a"}, {"team": "a", "x": "y"}, False),
    "a source on both sides, and a target on one": ({"team": "b"}, {"team": "a"}, True),
    "itself": ({"team": "a"}, {"team": "a"}, False),
}


@pytest.mark.parametrize(("labels", "other", "inhibited"), INHIBITED.values(), ids=INHIBITED)
def test_an_alert_is_inhibited(labels: dict[str, str], other: dict[str, str], *, inhibited: bool) -> None:
    decision = decide(tree(), labels, firing=[other])
    assert bool(decision.inhibited) is inhibited
    assert all(each.rule in decision.threats and dict(each.source) == other for each in decision.inhibited)


def test_threats_are_the_inhibition_rules_whose_target_matches() -> None:
    assert [each.equal for each in decide(tree(), {"severity": "info"}).threats] == [("service",)]
    assert decide(tree(), {"severity": "critical"}).threats == ()


@pytest.mark.parametrize("severity", ["critical", "warning", ""])
@pytest.mark.parametrize("service", ["shop", "cards", "other"])
def test_reached_returns_the_receivers_and_threats_of_decide(service: str, severity: str) -> None:
    labels = {"service": service, "severity": severity, "team": "b"}
    whole, found = decide(tree(), labels), reached(tree(), labels)
    assert found.receivers == tuple(each.receiver for each in whole.deliveries)
    assert found.threats == whole.threats
