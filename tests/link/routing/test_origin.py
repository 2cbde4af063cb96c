"""Each leaf of the compiled tree is traced to the route or escalation that it is generated from."""

from typing import Any

import pytest

from tests.emit.alertmanager.notifying import task
from varve.emit.alertmanager import route
from varve.link.routing import decide, read_own
from varve.link.routing.origin import origin

NOTIFY = """\
notify:
  receivers:
    one: {email: {to: [one@acme.example]}}
    two: {email: {to: [two@acme.example]}}
  routes:
    critical: {receivers: [one, two, one]}
    warning: {receivers: [two]}
    zeta: {match: 'a="1"', receivers: [two, one], continue: true, order: -3}
    alpha: {match: 'b="1"', receivers: [one], continue: true}
  escalation:
    - {severity: warning, after: 30m, receivers: [one, two]}
    - {severity: critical, after: 15m, receivers: [two]}
"""
ORIGINS: dict[str, tuple[dict[str, str], list[Any]]] = {
    "a severity": ({"severity": "warning"}, [("notify", "routes", "warning")]),
    "two receivers, one of them listed twice": ({"severity": "critical"}, [("notify", "routes", "critical")] * 2),
    "routes that continue": (
        {"severity": "warning", "a": "1", "b": "1"},
        [*[("notify", "routes", "zeta")] * 2, ("notify", "routes", "alpha"), ("notify", "routes", "warning")],
    ),
    "an escalation": ({"alertname": "Escalated", "escalation": "critical-15m"}, [("notify", "escalation", 1)]),
    "no route": ({"severity": "info"}, [None]),
}


@pytest.mark.parametrize(("labels", "origins"), ORIGINS.values(), ids=ORIGINS)
def test_a_delivery_is_traced(labels: dict[str, str], origins: list[Any]) -> None:
    made = task(NOTIFY)
    tree = read_own({"route": {"receiver": "platform", "routes": [route.node(made)]}})
    decision = decide(tree, {"tenant": "acme", **labels})
    assert [origin(made.unit.value, each) for each in decision.deliveries] == origins
