"""Which stores tell tenants apart, and how."""

from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment
from varve.resolve.store import Store, stores

URL = "https://mimir.example/push"


def of(**said: Map) -> tuple[Store, ...]:
    return stores(Environment("production", {"remote_write": {**said}}, Stack(())))


def test_a_store_that_is_told_nothing_of_tenants_is_none_of_them() -> None:
    assert of(mimir={"url": URL}) == ()
    assert stores(Environment("production", {}, Stack(()))) == ()


def test_it_is_for_everybody_unless_said() -> None:
    said: Map = {"url": URL, "tenants": {"header": "X-Scope-OrgID"}}
    assert of(plain={"url": URL}, mimir=said) == (Store("mimir", URL, "X-Scope-OrgID", partial=False, rest=None),)


def test_what_is_said_is_taken() -> None:
    said: Map = {"header": "THANOS-TENANT", "of": "partial", "rest": "infra"}
    assert of(far={"url": URL, "tenants": said}) == (Store("far", URL, "THANOS-TENANT", partial=True, rest="infra"),)
    assert not of(far={"url": URL, "tenants": {**said, "of": "all"}})[0].partial
