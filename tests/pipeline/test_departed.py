"""A departed tenant keeps its artifacts, and stays linked, where a new tenant is not built; elsewhere they go."""

from collections.abc import Mapping

import pytest

from tests.emit.repository import CHECKOUT, build, built, findings
from varve.model.unit import Selection, Unit

TENANT = "tenant: {name: Apex, tier: gold, region: eu-west-1, isolation: logical, owners: [sre@apex.example]}\n"
GONE = {CHECKOUT: None, "tenants/acme/tenant.yaml": None}
BROKEN = "colour: blue\n"
OLD = {each: f"build/{each}/tenants/acme/rules/_tenant.yaml" for each in ("staging", "production")}


def after(changed: Mapping[str, str | None]) -> dict[str, str | None]:
    """The built base repository without its tenant, changed."""
    return {**built({}), **GONE, **changed}


def test_all_is_kept_and_linked_while_the_new_tenant_is_broken() -> None:
    before = built({})
    found = build(after({"tenants/apex/tenant.yaml": BROKEN}))
    assert [each for each in findings(found) if "departed-tenant" in each] == [
        "check/departed-tenant: `acme` is gone but keeps its artifacts until `apex` is built, which may be its new name"
    ]
    assert {path for path in before if "/tenants/acme/" in path} <= found.kept
    shared = "build/production/shared/prometheus.yaml"
    assert found.artifacts[shared].data.decode() == before[shared]
    assert not any(unit.tenant == "acme" for unit in found.units)


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({}, set()),
        ({"tenants/apex/tenant.yaml": TENANT}, set()),
        ({"tenants/apex/tenant.yaml": TENANT, "tenants/apex/overlays/staging.yaml": BROKEN}, {"staging"}),
        ({"tenants/Ap_ex/tenant.yaml": TENANT}, {"staging", "production"}),
        ({"environments/production.yaml": "colour: blue\n", "tenants/apex/tenant.yaml": TENANT}, {"production"}),
    ],
    ids=["removed", "renamed", "broken in one environment", "renamed to what is no name", "a broken environment"],
)
def test_what_has_to_stay_stays_and_nothing_else(changed: dict[str, str], kept: set[str]) -> None:
    found = build(after(changed))
    assert {name for name, path in OLD.items() if path in found.kept} == kept


def test_a_tenant_that_is_not_new_keeps_nobody_else() -> None:
    with_apex = built({"tenants/apex/tenant.yaml": TENANT})
    found = build({**with_apex, **GONE, "tenants/apex/tenant.yaml": BROKEN})
    assert not found.kept & set(OLD.values())
    assert "check/departed-tenant" not in "\n".join(findings(found))


def test_a_new_tenant_that_is_not_selected_is_not_built_either() -> None:
    files = after({"tenants/apex/tenant.yaml": TENANT, "tenants/nova/tenant.yaml": TENANT.replace("Apex", "Nova")})
    found = build(files, Selection(None, "nova"))
    assert found.kept >= set(OLD.values())
    assert Unit("nova", "production") in found.units
