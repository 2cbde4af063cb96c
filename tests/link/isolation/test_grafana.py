"""Organisations and folders are each one tenant's; other breaches of provisioning are in `../test_isolation.py`."""

from typing import Any

from varve.language.grafana.uid import uid
from varve.link.isolation.grafana import Tenants, provider_breaches

SHOWN = Tenants("dev", {"acme": False, "bank": True, "vault": True}, {})


def provider(tenant: str, number: int, path: str = "") -> dict[str, Any]:
    title = f"dev {tenant}"
    return {
        "name": title,
        "folder": title,
        "folderUid": uid("dev", tenant, "folder"),
        "orgId": number,
        "allowUiUpdates": False,
        "options": {"path": path or f"/dashboards/{tenant}"},
    }


def keys(*providers: Any) -> list[object]:  # noqa: ANN401 - of any kind
    return [each.keys for each in provider_breaches({"providers": list(providers)}, SHOWN)]


def test_one_folder_for_each_tenant_passes() -> None:
    assert keys(provider("acme", 1), provider("bank", 7), provider("vault", 8)) == []


def test_two_strict_tenants_in_one_organisation_are_found() -> None:
    assert keys(provider("bank", 7), provider("vault", 7)) == [("providers", 0), ("providers", 1)]


def test_a_folder_twice_is_found() -> None:
    assert keys(provider("acme", 1), provider("acme", 1)) == [("providers", 1)]


def test_folders_at_different_places_are_found() -> None:
    assert keys(provider("acme", 1), provider("bank", 7, "/dashboards/acme/bank"))
