from benchmarks.layers import layers, units
from benchmarks.repository import LEAN


def test_a_units_layers_stand_in_the_order_of_varves_own() -> None:
    found = layers(1, LEAN)
    own = [unit for unit in units(found) if unit.environment == "production"]
    assert [unit.layers for unit in own] == [
        (
            "defaults",
            "tiers.gold",
            "regions.eu-west",
            "production",
            "tenants.tenant-0000.tenant",
            "tenants.tenant-0000.services.service-0",
            "tenants.tenant-0000.users.alice",
            "tenants.tenant-0000.overlays.production",
            "tenants.tenant-0000.grants",
        )
    ]


def test_what_a_layer_says_stands_at_its_place_in_a_unit() -> None:
    found = layers(1, LEAN)
    assert found["tenants.tenant-0000.users.alice"] == {
        "users": {"alice": {"name": "Alice", "email": "alice@tenant-0000.example"}}
    }
    assert found["tenants.tenant-0000.grants"] == {"quotas": {"series": 500000}}
    assert not [name for name in found if "secrets" in name]
