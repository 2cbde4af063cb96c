"""The remote writes of a Prometheus are one entry for each store, or one for each tenant."""

from typing import Any

import pytest

from varve.link.remote_write import ServerTenants, entries
from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment

URL = "https://mimir.example/push"
LOGIN: Map = {"username": "p", "password": {"secret": "mimir/password"}}
SERVED = ServerTenants(("acme", "crew", "dock"), ("crew", "dock"))
NO_METADATA = {"metadata_config": {"send": False}}


def made(settings: Map, served: ServerTenants = SERVED, **more: Map) -> list[Any]:
    platform: Map = {"secrets": {"root": "/run/s"}, "remote_write": {"mimir": {"url": URL, **settings}}, **more}
    return entries(Environment("production", platform, Stack(())), served)


def keeping(tenant: str) -> Map:
    return {"action": "keep", "source_labels": ["tenant"], "regex": tenant}


def names(entries_: list[Any]) -> list[tuple[str, str]]:
    return [(each["name"], each["headers"]["X-Scope-OrgID"]) for each in entries_]


def test_a_store_without_tenants_has_one_entry() -> None:
    assert made({}) == [{"name": "mimir", "url": URL}]
    assert entries(Environment("production", {}, Stack(())), SERVED) == []


def test_each_tenant_has_an_entry_with_the_same_login() -> None:
    found = made({"tenants": {"header": "X-Scope-OrgID"}, "basic_auth": LOGIN})
    assert names(found) == [("mimir/acme", "acme"), ("mimir/crew", "crew"), ("mimir/dock", "dock")]
    login = {"username": "p", "password_file": "/run/s/platform/mimir/password"}
    assert [each["basic_auth"] for each in found] == [login] * 3
    assert [each["write_relabel_configs"] for each in found] == [[keeping(tenant)] for tenant in SERVED.tenants]
    assert all(each.items() >= NO_METADATA.items() for each in found)


def test_a_store_of_partial_tenants_has_entries_for_them_only() -> None:
    found = made({"tenants": {"header": "X-Scope-OrgID", "of": "partial"}})
    assert names(found) == [("mimir/crew", "crew"), ("mimir/dock", "dock")]
    assert made({"tenants": {"header": "X-Scope-OrgID", "of": "partial"}}, ServerTenants(("acme",), ())) == []


REST = {
    "if all tenants are written, the rest is of no tenant": ("all", SERVED, [keeping("")]),
    "if some are, the rest is all but their series": (
        "partial",
        SERVED,
        [{"action": "drop", "source_labels": ["tenant"], "regex": "crew|dock"}],
    ),
    "if none are, the rest is everything": ("partial", ServerTenants(("acme",), ()), None),
    "if all of them are partial, the rest is of no tenant": (
        "partial",
        ServerTenants(("acme",), ("acme",)),
        [keeping("")],
    ),
    "without tenants, the rest is of no tenant": ("all", ServerTenants((), ()), [keeping("")]),
}


@pytest.mark.parametrize(("tenants", "served", "steps"), REST.values(), ids=REST)
def test_the_rest_comes_last(tenants: str, served: ServerTenants, steps: list[Map] | None) -> None:
    last = made({"tenants": {"header": "X-Scope-OrgID", "of": tenants, "rest": "infra"}}, served)[-1]
    assert names([last]) == [("mimir", "infra")]
    assert last.get("write_relabel_configs") == steps
    assert last.items() >= NO_METADATA.items()


def test_native_histograms_are_sent_only_where_the_platform_says_so() -> None:
    separated: Map = {"tenants": {"header": "X-Scope-OrgID", "rest": "infra"}}
    for settings in ({}, separated):
        found = made({**settings, "native_histograms": True})
        assert [each["send_native_histograms"] for each in found] == [True] * len(found)
        for text in ({}, {"native_histograms": False}):
            assert not any("send_native_histograms" in each for each in made({**settings, **text}))


def test_the_replica_label_is_dropped_after_the_tenant_is_selected() -> None:
    replica: Map = {"label": "__replica__", "variable": "POD"}
    found = made({"tenants": {"header": "X-Scope-OrgID", "rest": "infra"}, "replica": False}, replica=replica)
    dropping = {"action": "labeldrop", "regex": "__replica__"}
    assert [each["write_relabel_configs"][1:] for each in found] == [[dropping]] * 4
    assert made({"replica": False}, replica=replica)[0]["write_relabel_configs"] == [dropping]
    assert "write_relabel_configs" not in made({}, replica=replica)[0]
