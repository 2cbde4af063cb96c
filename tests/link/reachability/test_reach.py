"""Diagnostics of a unit have the place in its sources."""

from tests.link.reachability.reaching import UNIT, alert, overlay, reach
from varve.link.reachability.reach import place
from varve.model.source import Keys

KEYS: list[Keys] = [("notify", "escalation", 0), ("notify", "routes", "critical"), ("notify", "routes", "critical")]


def test_the_origin_of_a_leaf_is_its_route() -> None:
    escalation = "  escalation: [{severity: info, after: 1h, receivers: [one]}]\n"
    found = reach(overlay("critical: {receivers: [one, two]}") + escalation)
    leaves = found.tree.root.nodes[0].nodes
    assert [found.origin_of(leaf) for leaf in leaves] == KEYS
    assert {each: len(leaves_of_route) for each, leaves_of_route in found.routes.items()} == {KEYS[0]: 1, KEYS[1]: 2}
    assert found.place(KEYS[1]).keys == KEYS[1]


def test_alerts_without_a_service_are_placed_at_the_tenant() -> None:
    found = reach(UNIT, alert("info"), {"environments/tenants/acme.yaml": "quotas: {series: 100}\n"})
    places = {each.alert.name: place(found.unit, each.alert) for each in found.outcomes}
    assert (places["TenantSeriesOverQuota"].file, places["TenantSeriesOverQuota"].keys) == (
        "tenants/acme/tenant.yaml",
        ("tenant",),
    )
    assert places["Stuck"].keys == ("alerts", "Stuck")
