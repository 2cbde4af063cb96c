"""The remote writes of a Prometheus are one entry for each store, or one for each tenant."""

from typing import Any

import pytest

from varve.link.remote_write import ServerTenants, entries
from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment

URL = "https://mimir.example/push"
LOGIN: Map = {"username": "p", "password": {"secret": "mimir/password"}}
WHOSE = ServerTenants(("acme", "crew", "dock"), ("crew", "dock"))
SILENT = {"metadata_config": {"send": False}}


def made(said: Map, whose: ServerTenants = WHOSE, **more: Map) -> list[Any]:
    platform: Map = {"secrets": {"root": "/run/s"}, "remote_write": {"mimir": {"url": URL, **said}}, **more}
    return entries(Environment("production", platform, Stack(())), whose)


def keeping(tenant: str) -> Map:
    return {"action": "keep", "source_labels": ["tenant"], "regex": tenant}


def names(those: list[Any]) -> list[tuple[str, str]]:
    return [(each["name"], each["headers"]["X-Scope-OrgID"]) for each in those]


def test_a_store_without_tenants_has_one_entry() -> None:
    assert made({}) == [{"name": "mimir", "url": URL}]
    assert entries(Environment("production", {}, Stack(())), WHOSE) == []


def test_each_tenant_has_an_entry_with_the_same_login() -> None:
    found = made({"tenants": {"header": "X-Scope-OrgID"}, "basic_auth": LOGIN})
    assert names(found) == [("mimir/acme", "acme"), ("mimir/crew", "crew"), ("mimir/dock", "dock")]
    login = {"username": "p", "password_file": "/run/s/platform/mimir/password"}
    assert [each["basic_auth"] for each in found] == [login] * 3
    assert [each["write_relabel_configs"] for each in found] == [[keeping(tenant)] for tenant in WHOSE.tenants]
    assert all(each.items() >= SILENT.items() for each in found)


def test_a_store_of_partial_tenants_has_entries_for_them_only() -> None:
    found = made({"tenants": {"header": "X-Scope-OrgID", "of": "partial"}})
    assert names(found) == [("mimir/crew", "crew"), ("mimir/dock", "dock")]
    assert made({"tenants": {"header": "X-Scope-OrgID", "of": "partial"}}, ServerTenants(("acme",), ())) == []


REST = {
    "where everybody is written, it is of no tenant": ("all", WHOSE, [keeping("")]),
    "where some are, it is all but theirs": (
        "partial",
        WHOSE,
        [{"action": "drop", "source_labels": ["tenant"], "regex": "crew|dock"}],
    ),
    "where nobody is, it is everything": ("partial", ServerTenants(("acme",), ()), None),
    "where all of them are partial, it is of no tenant": (
        "partial",
        ServerTenants(("acme",), ("acme",)),
        [keeping("")],
    ),
    "where there is no tenant, it is of none": ("all", ServerTenants((), ()), [keeping("")]),
}


@pytest.mark.parametrize(("of", "whose", "steps"), REST.values(), ids=REST)
def test_the_rest_comes_last(of: str, whose: ServerTenants, steps: list[Map] | None) -> None:
    last = made({"tenants": {"header": "X-Scope-OrgID", "of": of, "rest": "infra"}}, whose)[-1]
    assert names([last]) == [("mimir", "infra")]
    assert last.get("write_relabel_configs") == steps
    assert last.items() >= SILENT.items()


def test_the_replica_label_is_dropped_after_the_tenant_is_selected() -> None:
    replica: Map = {"label": "__replica__", "variable": "POD"}
    found = made({"tenants": {"header": "X-Scope-OrgID", "rest": "infra"}, "replica": False}, replica=replica)
    dropping = {"action": "labeldrop", "regex": "__replica__"}
    assert [each["write_relabel_configs"][1:] for each in found] == [[dropping]] * 4
    assert made({"replica": False}, replica=replica)[0]["write_relabel_configs"] == [dropping]
    assert "write_relabel_configs" not in made({}, replica=replica)[0]
