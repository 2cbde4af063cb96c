"""Which stores separate tenants, and how."""

from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment
from varve.resolve.store import Store, stores

URL = "https://mimir.example/push"


def stores_of(**writes: Map) -> tuple[Store, ...]:
    return stores(Environment("production", {"remote_write": {**writes}}, Stack(())))


def test_a_remote_write_without_tenants_is_not_a_store() -> None:
    assert stores_of(mimir={"url": URL}) == ()
    assert stores(Environment("production", {}, Stack(()))) == ()


def test_the_default_store_is_for_all_tenants() -> None:
    settings: Map = {"url": URL, "tenants": {"header": "X-Scope-OrgID"}}
    assert stores_of(plain={"url": URL}, mimir=settings) == (
        Store("mimir", URL, "X-Scope-OrgID", partial=False, rest=None),
    )


def test_the_settings_of_a_store() -> None:
    tenants: Map = {"header": "THANOS-TENANT", "of": "partial", "rest": "infra"}
    assert stores_of(far={"url": URL, "tenants": tenants}) == (
        Store("far", URL, "THANOS-TENANT", partial=True, rest="infra"),
    )
    assert not stores_of(far={"url": URL, "tenants": {**tenants, "of": "all"}})[0].partial
