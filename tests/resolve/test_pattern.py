from varve.resolve import pattern


def test_facts_are_named_and_filled_in() -> None:
    path = "environments/tiers/%{tenant.tier}"
    assert pattern.facts(path) == {"tenant.tier"}
    assert pattern.named("%{tenant.tier}/%{environment}/%{tenant.tier}") == ("environment", "tenant.tier")
    assert pattern.fill(path, {"tenant.tier": ("gold",)}) == "environments/tiers/gold"


def test_an_unknown_fact_stays_as_it_is_written() -> None:
    assert pattern.fill("tenants/%{tenant.id}/tenant", {}) == "tenants/%{tenant.id}/tenant"


def test_only_facts_are_filled_in() -> None:
    assert pattern.facts("%{Tenant} %% {tenant.id} %{tenant.}") == set()
