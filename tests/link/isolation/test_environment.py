"""The proof of an environment's linked files, and the counts of what was examined."""

from typing import Any

import pytest

from tests.link.isolation.confined import judged, proven, values
from varve.link.isolation import environment, store
from varve.model.source import Value
from varve.resolve.platform import strict

SHARED = "build/production/shared/alertmanager.yaml"


def test_routes_of_strict_tenants_are_their_own() -> None:
    files: dict[str, Any] = dict(values())
    shared, strict = files[SHARED], files["build/production/tenants/bank/alertmanager.yaml"]
    assert len(shared["route"]["routes"]) == 3
    assert len(strict["route"]["routes"]) == 2
    leaves = sum(len(node.get("routes", [])) for node in (*shared["route"]["routes"], *strict["route"]["routes"]))
    assert proven().proven.routes == leaves + 5


def test_without_an_alertmanager_no_alert_is_counted() -> None:
    files = {path: each for path, each in values().items() if not path.endswith("/alertmanager.yaml")}
    found = judged(files)
    assert (found.messages, found.proven.routes, found.proven.alerts) == ([], 0, 0)
    assert found.proven.rules


def test_without_shared_grafana_files_every_query_is_still_proven() -> None:
    files = {path: each for path, each in values().items() if "/grafana/" not in path}
    assert judged(files).proven.queries == proven().proven.queries


def test_data_sources_are_read_only_for_shared_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, read = list[Value](), store.read_by_header

    def watched(value: Value) -> frozenset[str]:
        seen.append(value)
        return read(value)

    monkeypatch.setattr(store, "read_by_header", watched)
    assert proven().messages == []
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("address", "servers"),
    [("alerts.example:9093", ["shared"]), ("alerts.bank.example:9093", ["tenants/bank"])],
    ids=["the shared one", "that of another strict tenant"],
)
def test_no_alertmanager_belongs_to_two(address: str, servers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {"vault": {"alertmanagers": [address]}}
    monkeypatch.setattr(environment, "strict", lambda of, tenant: strict(of, tenant) | changed.get(tenant, {}))
    found = proven().diagnostics
    assert [each.message for each in found] == ["alerts are sent to another tenant's Alertmanager"]
    assert [each.place.file for each in found if each.place] == [
        f"build/production/{each}/prometheus.yaml" for each in servers
    ]
