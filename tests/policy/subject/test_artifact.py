"""What servers load of a unit is a subject: its rules, its jobs and its routes."""

from tests.policy.judging import CHECKOUT, made
from varve.model.policy import Scope

SERVICE = "scrape: {app: {targets: ['a:1']}}\npacks: {http-service: {}}\n"
VENDOR = "groups: [{name: a, rules: [{record: a:b, expr: up}]}]\n"


def test_every_file_says_its_name_its_value_and_what_it_is_made_of() -> None:
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


def test_a_service_may_be_called_as_the_folder_of_vendors_is() -> None:
    found = {each.data["name"]: each for each in made(Scope.ARTIFACT, {"tenants/acme/services/raw.yaml": SERVICE})}
    assert [found[f"{kind}/raw.yaml"].name for kind in ("rules", "scrape")] == ["services.raw"] * 2
