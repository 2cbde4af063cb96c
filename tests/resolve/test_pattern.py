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


def test_a_part_with_a_fact_or_a_star_does_not_stand_for_itself() -> None:
    assert [
        each for each in ("services", "*", "a-*", "%{tenant.id}", "a-%{tenant.tier}") if pattern.is_literal(each)
    ] == ["services"]


def test_files_of_a_layer_are_recognised_with_their_tenant() -> None:
    found = pattern.files("tenants/%{tenant.id}/services/*").fullmatch("tenants/acme/services/shop")
    assert found is not None
    assert found["tenant"] == "acme"
    assert pattern.files("tenants/%{tenant.id}/services/*").fullmatch("tenants/acme/services/old/shop") is None
    assert "tenant" not in pattern.files("environments/tiers/%{tenant.tier}").groupindex
    assert pattern.files("a/%{tenant.id}/%{tenant.id}.b").fullmatch("a/acme/acme-b") is None
