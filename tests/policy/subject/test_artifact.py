"""The files of a unit that servers load are subjects: rules, scrape jobs and routes."""

from tests.policy.judging import CHECKOUT, made
from varve.model.policy import Scope

SERVICE = "scrape: {app: {targets: ['a:1']}}\npacks: {http-service: {}}\n"
VENDOR = "groups: [{name: a, rules: [{record: a:b, expr: up}]}]\n"


def test_every_file_has_its_name_value_and_origin() -> None:
    files = {CHECKOUT: SERVICE, "tenants/acme/rules/vendor.yaml": VENDOR}
    found = {each.data["name"]: each for each in made(Scope.ARTIFACT, files)}
    assert {name: each.name for name, each in found.items()} == {
        "scrape/checkout.yaml": "services.checkout",
        "rules/_tenant.yaml": "tenant",
        "rules/checkout.yaml": "services.checkout",
        "rules/raw/vendor.yaml": "rules.vendor",
        "alertmanager.yaml": "notify",
    }
    written = found["rules/raw/vendor.yaml"].written
    assert written is not None
    assert written.place.file == "tenants/acme/rules/vendor.yaml"
    jobs = found["scrape/checkout.yaml"].data
    assert jobs["path"] == "build/production/tenants/acme/scrape/checkout.yaml"
    assert isinstance(jobs["value"], dict)
    assert "scrape_configs" in jobs["value"]


def test_a_service_may_be_named_raw() -> None:
    found = {each.data["name"]: each for each in made(Scope.ARTIFACT, {"tenants/acme/services/raw.yaml": SERVICE})}
    assert [found[f"{kind}/raw.yaml"].name for kind in ("rules", "scrape")] == ["services.raw"] * 2
