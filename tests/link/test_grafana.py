from typing import Any

import pytest
import yaml

from tests.emit.grafana.repository import FULL, PRODUCTION, isolated
from tests.emit.repository import Changed, build, built, findings, parsed
from varve.language.grafana.uid import uid
from varve.model.artifact import Build

SHARED = "build/production/shared/grafana"
OWN = uid("production", "acme", "datasource")


def sound(changed: Changed) -> Build:
    made = build(changed)
    assert findings(made) == []
    return made


def sources(changed: Changed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed(sound(changed), f"{SHARED}/datasources.yaml")["datasources"]
    return found


def providers(changed: Changed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed(sound(changed), f"{SHARED}/dashboards.yaml")["providers"]
    return found


def two() -> Changed:
    """A second tenant, whose own name is the same as the first one's."""
    tenant = "tenant: {name: ACME, tier: gold, region: eu-west-1, isolation: logical, owners: [sre@globex.example]}\n"
    return {**FULL, "tenants/globex/tenant.yaml": tenant, "tenants/globex/services/shop.yaml": "owner: shop\n"}


def test_each_tenant_has_a_folder_with_a_stable_uid_and_title() -> None:
    found = providers(two())
    assert [each["folder"] for each in found] == ["production acme", "production globex"]
    assert [each["folderUid"] for each in found] == [
        uid("production", tenant, "folder") for tenant in ("acme", "globex")
    ]
    assert [each["options"]["path"] for each in found] == ["/var/lib/varve/acme", "/var/lib/varve/globex"]
    assert not any(each["allowUiUpdates"] or each["disableDeletion"] for each in found)


def test_tenants_that_share_have_one_data_source() -> None:
    (source,) = sources(two())
    assert (source["uid"], source["orgId"]) == (uid("production", "datasource"), 1)
    assert "secureJsonData" not in source


def test_a_partial_tenant_has_a_data_source_that_sends_its_id() -> None:
    shared, source = sources(isolated("partial"))
    assert shared["uid"] != source["uid"] == OWN
    assert source["url"] == "http://mimir:9009/prometheus"
    assert source["jsonData"]["httpHeaderName1"] == "X-Scope-OrgID"
    assert source["secureJsonData"] == {"httpHeaderValue1": "acme"}


def test_a_strict_tenant_has_its_own_organisation_and_prometheus() -> None:
    _, source = sources(isolated("strict"))
    assert (source["uid"], source["orgId"], source["url"]) == (OWN, 7, "http://prometheus-acme:9090")
    assert [each["orgId"] for each in providers(isolated("strict"))] == [7]


@pytest.mark.parametrize("isolation", ["logical", "partial", "strict"])
def test_the_data_source_of_dashboards_is_provisioned_in_their_organisation(isolation: str) -> None:
    made = sound(isolated(isolation))
    provisioned = parsed(made, f"{SHARED}/datasources.yaml")["datasources"]
    (provider,) = parsed(made, f"{SHARED}/dashboards.yaml")["providers"]
    names = {each["uid"]: each["name"] for each in provisioned if each["orgId"] == provider["orgId"]}
    for path in (each for each in made.artifacts if "/production/tenants/acme/dashboards/" in each):
        variable = parsed(made, path)["templating"]["list"][0]
        assert names[variable["current"]["value"]] == variable["current"]["text"]


@pytest.mark.parametrize("isolation", ["logical", "partial", "strict"])
def test_a_broken_tenant_keeps_its_folder_and_its_data_source(isolation: str) -> None:
    whole = isolated(isolation)
    before = sound(whole)
    after = build({**built(whole), "tenants/acme/overlays/production.yaml": "services: {checkout: {owner: 7}}\n"})
    assert findings(after) != []
    for name in ("dashboards", "datasources"):
        path = f"{SHARED}/{name}.yaml"
        assert after.artifacts[path].data == before.artifacts[path].data


def test_a_strict_tenant_that_lost_its_organisation_is_not_provisioned() -> None:
    """It stays as it was built, and is provisioned nowhere."""
    without = PRODUCTION.replace("grafana_org: 7, ", "")
    after = build({**built(isolated("strict")), "environments/production.yaml": without})
    assert findings(after) == ["check/no-organisation: `production` has no Grafana organisation for `acme`"]
    assert parsed(after, f"{SHARED}/dashboards.yaml")["providers"] == []
    assert "build/production/tenants/acme/dashboards/checkout.json" in after.kept


def test_dollar_signs_are_doubled_for_grafana() -> None:
    dear = PRODUCTION.replace("http://prometheus:9090", "http://prometheus:9090/$HOME")
    (source,) = sources({**FULL, "environments/production.yaml": dear})
    assert source["url"] == "http://prometheus:9090/$$HOME"


@pytest.mark.parametrize(("version", "prunes"), [("10.0", False), ("11.0", False), ("11.1", True), ("13.0", True)])
def test_only_a_grafana_that_can_prunes_data_sources(version: str, prunes: bool) -> None:  # noqa: FBT001 - a table
    text = PRODUCTION.replace('grafana: {version: "13.0"}', f'grafana: {{version: "{version}"}}')
    made = sound({**FULL, "environments/production.yaml": text})
    assert ("prune" in yaml.safe_load(made.artifacts[f"{SHARED}/datasources.yaml"].data)) is prunes


def test_the_time_interval_is_the_scrape_interval() -> None:
    (source,) = sources(FULL)
    assert source["jsonData"]["timeInterval"] == "30s"


def test_without_a_grafana_nothing_is_provisioned() -> None:
    assert not [path for path in sound(FULL).artifacts if path.startswith("build/staging/") and "grafana" in path]
