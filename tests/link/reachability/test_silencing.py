"""A dependency is one where something silences and something is silenced."""

import pytest

from tests.link.reachability.reaching import alert, reach, said, telling
from varve.link.reachability import silencing

ROUTES = telling("warning: {receivers: [one]}, critical: {receivers: [one]}")
FOUND: dict[str, tuple[str, str, list[str]]] = {
    "a critical alert and a warning": (alert("critical"), alert("warning"), []),
    "a critical alert and an info": (alert("critical"), alert("info"), []),
    "nothing critical": (
        alert("warning"),
        alert("warning"),
        ["link/idle-dependency: `ledger` has no critical alert that could inhibit those of `checkout`"],
    ),
    "nothing that is silenced": (
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
def test_dependencies(ledger: str, checkout: str, expected: list[str]) -> None:
    found = reach(ROUTES, f"{checkout}depends_on: [ledger]\n", {"tenants/acme/services/ledger.yaml": ledger})
    silencing.check(found)
    assert said(found) == expected
    assert not found.report.broken
    assert [each.place.keys for each in found.report if each.place] == [("depends_on", 0)] * len(expected)


def test_a_vendors_alert_may_be_of_any_service_that_its_expression_names() -> None:
    rules = 'groups: [{name: v, rules: [{alert: V, expr: "sum by (service) (e)", labels: {severity: critical}}]}]'
    files = {"tenants/acme/services/ledger.yaml": "owner: a\n", "tenants/acme/rules/vendor.yaml": rules}
    found = reach(ROUTES, f"{alert('info')}depends_on: [ledger]\n", files)
    silencing.check(found)
    assert said(found) == []
