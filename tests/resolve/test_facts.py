from typing import TYPE_CHECKING

from tests.resolve.repository import SETTINGS, read
from varve.model.diagnostic import Place, Report
from varve.model.unit import Unit
from varve.resolve.facts import completed, documents, fact_layers, facts

if TYPE_CHECKING:
    from varve.model.source import Map

UNIT = Unit("acme", "production")


def known(files: dict[str, str]) -> tuple[dict[str, tuple[str, ...]], Report]:
    report = Report()
    found = documents(UNIT, SETTINGS, read(files, report))
    return dict(facts(UNIT, found, report)), report


def test_the_tenants_file_sets_the_facts_and_grants_override_them() -> None:
    found, report = known(
        {
            "tenants/acme/tenant.yaml": "tenant: {tier: gold, region: eu-west-1, compliance: [soc2, gdpr]}",
            "environments/tenants/acme.yaml": "tenant: {tier: platinum}",
        }
    )
    assert found == {
        "environment": ("production",),
        "tenant.id": ("acme",),
        "tenant.tier": ("platinum",),
        "tenant.region": ("eu-west-1",),
        "tenant.compliance": ("soc2", "gdpr"),
    }
    assert not len(report)


def test_fact_layers_name_the_tenant_and_depend_on_nothing_else() -> None:
    found = fact_layers(SETTINGS)
    assert [each.name for each in found] == ["tenant", "grants"]
    assert [each.path for each in found] == ["tenants/%{tenant.id}/tenant", "environments/tenants/%{tenant.id}"]
    first, *others = found
    bound = first._replace(when={"environment": ("production",)})
    assert fact_layers(SETTINGS._replace(layers=(bound, *others))) == tuple(others)


def test_no_other_layer_sets_a_fact() -> None:
    found, _ = known({"environments/defaults.yaml": "tenant: {tier: gold}", "tenants/acme/tenant.yaml": "tenant: {}"})
    assert "tenant.tier" not in found


def test_a_fact_cannot_be_a_reference_and_the_id_cannot_be_set() -> None:
    found, report = known({"tenants/acme/tenant.yaml": "tenant: {id: other, tier: '%{locale}', name: '50 %{ off'}"})
    assert (found["tenant.id"], found["tenant.name"]) == (("acme",), ("50 %{ off",))
    assert [(each.rule.code, each.place) for each in report] == [
        ("resolve/fact-not-literal", Place("tenants/acme/tenant.yaml", ("tenant", "tier")))
    ]


def test_a_unit_is_completed_with_its_environment_and_its_tenants_id_and_keeps_everything_else() -> None:
    merged: Map = {"tenant": {"name": "ACME", "id": "own"}, "labels": {"a": "b"}, "environment": "other"}
    assert completed(merged, Unit("acme", "production")) == {
        "services": {},
        "tenant": {"id": "own", "name": "ACME"},
        "labels": {"a": "b"},
        "environment": "production",
    }
    assert "tenant" not in completed({}, Unit("acme", "production"))
