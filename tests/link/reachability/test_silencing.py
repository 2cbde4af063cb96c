"""A dependency has an effect if there is an alert that inhibits and one that is inhibited."""

import pytest

from tests.link.reachability.reaching import alert, findings, overlay, reach
from varve.link.reachability import silencing

ROUTES = overlay("warning: {receivers: [one]}, critical: {receivers: [one]}")
FOUND: dict[str, tuple[str, str, list[str]]] = {
    "a critical alert and a warning": (alert("critical"), alert("warning"), []),
    "a critical alert and an info": (alert("critical"), alert("info"), []),
    "nothing critical": (
        alert("warning"),
        alert("warning"),
        ["link/idle-dependency: `ledger` has no critical alert that could inhibit those of `checkout`"],
    ),
    "nothing that can be inhibited": (
        alert("critical"),
        alert("critical"),
        ["link/idle-dependency: `checkout` has no warning or info that `ledger` could inhibit"],
    ),
    "no alert at all on one side": (
        "owner: a\n",
        alert("info"),
        ["link/idle-dependency: `ledger` has no critical alert that could inhibit those of `checkout`"],
    ),
    "no alert at all": ("owner: a\n", "owner: a\n", []),
}


@pytest.mark.parametrize(("ledger", "checkout", "expected"), FOUND.values(), ids=FOUND)
def test_dependencies_without_effect_are_reported(ledger: str, checkout: str, expected: list[str]) -> None:
    found = reach(ROUTES, f"{checkout}depends_on: [ledger]\n", {"tenants/acme/services/ledger.yaml": ledger})
    silencing.check(found)
    assert findings(found) == expected
    assert not found.report.broken
    assert [each.place.keys for each in found.report if each.place] == [("depends_on", 0)] * len(expected)


def test_a_vendors_alert_counts_for_any_service_if_its_expression_mentions_the_label() -> None:
    rules = 'groups: [{name: v, rules: [{alert: V, expr: "sum by (service) (e)", labels: {severity: critical}}]}]'
    files = {"tenants/acme/services/ledger.yaml": "owner: a\n", "tenants/acme/rules/vendor.yaml": rules}
    found = reach(ROUTES, f"{alert('info')}depends_on: [ledger]\n", files)
    silencing.check(found)
    assert findings(found) == []
