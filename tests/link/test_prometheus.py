"""The main file of a Prometheus names its tenants' files, and no others."""

import posixpath
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from tests.emit.grafana.repository import FULL, isolated
from tests.emit.repository import ACME, CHECKOUT, SEALED, STRICT, Changed, build, built, parsed, sound
from varve.link.linking import Linking, Member
from varve.link.prometheus import link, relpath
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.source import Map, Value
from varve.model.unit import Environment

OWN = "build/production/tenants/acme/prometheus.yaml"
SHARED = "build/production/shared/prometheus.yaml"
TEMPLATE = "templates/prometheus/prometheus.yaml.j2"
MAIN_TEMPLATE = "templates/prometheus/prometheus.yaml.j2"
DEFAULTS = "environments/defaults.yaml"
PRODUCTION = "environments/production.yaml"
FILES = [
    "build/production/tenants/acme/rules/checkout.yaml",
    "build/production/tenants/acme/scrape/checkout.yaml",
    "build/production/tenants/acme/tests/checkout.yaml",
    "build/production/tenants/acme/rules/raw/node.yaml",
    "build/production/tenants/acme/rules/_tenant.yaml",
    "build/production/tenants/acme/prometheus.yaml",
]


def _linking(
    version: str, member: Member, scrape_file: Value = None, labels: Map | None = None, strict: Map | None = None
) -> Linking:
    """An environment of one tenant whose main files are exactly the context that their template receives."""
    platform: Map = {
        "targets": {"prometheus": {"version": version}},
        "alertmanagers": ["shared:9093"],
        **({"external_labels": labels} if labels else {}),
        **({"strict": strict} if strict else {}),
    }
    environment = Environment("production", platform, Stack(()))
    return Linking(environment, (member,), lambda _, context, __: dict(context), lambda _: scrape_file, {}, Report())


def _member(files: Sequence[str] = FILES, *, strict: bool = False, fresh: bool = True, tenant: str = "acme") -> Member:
    return Member(tenant, strict, fresh, tuple(files))


def _main_files(linking: Linking) -> dict[str, Any]:
    return {artifact.path: yaml.safe_load(artifact.data) for artifact in link(linking)}


def test_a_whole_file(snapshot: SnapshotAssertion) -> None:
    platform = """platform:
  external_labels: {cluster: eu-1, price: "5$"}
  prometheus: {scrape_timeout: 10s}
  alertmanagers: ["am-1:9093", "am-2:9093"]
  remote_write:
    mimir: {url: "https://mimir.example/push", basic_auth: {username: p, password: {secret: mimir/password}}}
    thanos: {url: "https://thanos.example/push", authorization: {credentials: {secret: mimir/token}}}
"""
    made = sound({PRODUCTION: platform, "environments/secrets/mimir.sops.yaml": SEALED})
    assert made.artifacts[SHARED].data.decode() == snapshot


def test_rules_and_scrapes_are_listed_by_relative_paths() -> None:
    main = _main_files(_linking("3.5", _member()))[SHARED]
    assert main["rule_files"] == [
        "../tenants/acme/rules/_tenant.yaml",
        "../tenants/acme/rules/checkout.yaml",
        "../tenants/acme/rules/raw/node.yaml",
    ]
    assert main["scrape_config_files"] == ["../tenants/acme/scrape/checkout.yaml"]
    assert main["scrape_configs"] is None


def test_a_strict_tenants_main_file_is_in_its_folder() -> None:
    main = _main_files(_linking("3.5", _member(strict=True)))[OWN]
    assert main["rule_files"] == ["rules/_tenant.yaml", "rules/checkout.yaml", "rules/raw/node.yaml"]
    assert main["scrape_config_files"] == ["scrape/checkout.yaml"]


@pytest.mark.parametrize("order", [FILES, FILES[::-1]], ids=["as they are", "reversed"])
def test_the_order_of_the_files_does_not_matter(order: Sequence[str]) -> None:
    assert _main_files(_linking("3.5", _member(order))) == _main_files(_linking("3.5", _member()))


def test_a_strict_tenant_that_was_not_built_now_keeps_its_main_file() -> None:
    assert _main_files(_linking("3.5", _member(strict=True, fresh=False))).keys() == {SHARED}


def test_a_strict_tenants_alerts_go_to_its_own_alertmanagers() -> None:
    settings: Map = {"acme": {"alertmanagers": ["own:9093"], "alertmanager_url": "https://own.example"}}
    files = _main_files(_linking("3.5", _member(strict=True), strict=settings))
    assert files[OWN]["platform"]["alertmanagers"] == ["own:9093"]
    assert files[SHARED]["platform"]["alertmanagers"] == ["shared:9093"]
    assert _main_files(_linking("3.5", _member(strict=True)))[OWN]["platform"]["alertmanagers"] == ["shared:9093"]


@pytest.mark.parametrize("name", ["rules", "scrape", "tests", "prometheus"])
def test_tenants_services_and_environments_may_be_named_like_a_folder(name: str) -> None:
    folder = f"build/{name}/tenants/{name}"
    files = [f"{folder}/{kind}/{name}.yaml" for kind in ("rules", "scrape", "tests")]
    (main,) = [
        each
        for path, each in _main_files(_linking("3.5", _member(files, strict=True, tenant=name))).items()
        if f"tenants/{name}/" in path
    ]
    assert len(main["rule_files"]) == len(main["scrape_config_files"]) == 1
    assert main["rule_files"][0].endswith(f"/rules/{name}.yaml")
    assert main["scrape_config_files"][0].endswith(f"/scrape/{name}.yaml")


def test_below_2_43_the_jobs_are_in_the_main_file() -> None:
    main = _main_files(_linking("2.42", _member(), {"scrape_configs": [{"job_name": "a"}]}))[SHARED]
    assert main["scrape_config_files"] is None
    assert main["scrape_configs"] == [{"job_name": "a"}]
    assert _main_files(_linking("2.43", _member()))[SHARED]["scrape_configs"] is None


@pytest.mark.parametrize("scrape_file", [None, [], "text", {}, {"scrape_configs": None}])
def test_a_kept_scrape_file_that_holds_no_jobs_gives_none(scrape_file: Value) -> None:
    assert _main_files(_linking("2.42", _member(), scrape_file))[SHARED]["scrape_configs"] == []


EXTERNAL = {
    "Prometheus 3 expands variables, unless the dollar is doubled": ("3.0", "a$$b $${HOME} $$$$"),
    "Prometheus 2 takes the text as it is": ("2.55", "a$b ${HOME} $$"),
}


@pytest.mark.parametrize(("version", "expected"), EXTERNAL.values(), ids=EXTERNAL)
def test_external_labels_keep_their_values(version: str, expected: str) -> None:
    main = _main_files(_linking(version, _member(), labels={"a": "a$b ${HOME} $$"}))[SHARED]
    assert main["platform"]["external_labels"] == {"a": expected}


REPLICA = """platform:
  external_labels: {cluster: eu-1}
  replica: {label: __replica__, variable: POD}
  alertmanagers: ["am:9093"]
  remote_write: {mimir: {url: "https://mimir.example"}, store: {url: "https://store.example", replica: false}}
  strict: {acme: {external_labels: {cluster: eu-1-acme}}}
"""
DROPPING = {"action": "labeldrop", "regex": "__replica__"}


def test_stores_see_the_replica_and_alerts_do_not() -> None:
    made = sound({**STRICT, PRODUCTION: REPLICA})
    shared, own = parsed(made, SHARED), parsed(made, OWN)
    for main in (shared, own):
        assert main["global"]["external_labels"].pop("__replica__") == "${POD}"
        assert main["alerting"]["alert_relabel_configs"] == [DROPPING]
        mimir, store = main["remote_write"]
        assert (mimir.get("write_relabel_configs"), store["write_relabel_configs"]) == (None, [DROPPING])
    assert shared["global"]["external_labels"] == {"cluster": "eu-1"}
    assert own["global"]["external_labels"] == {"cluster": "eu-1-acme"}


def test_a_template_that_leaves_the_label_on_alerts_is_refused() -> None:
    shipped = (Path(__file__).parents[2] / MAIN_TEMPLATE).read_text("utf-8")
    assert "labeldrop" in shipped
    for kept in ("labelkeep", "lowercase"):
        template = shipped.replace("labeldrop", kept)
        made = build({**STRICT, PRODUCTION: REPLICA, MAIN_TEMPLATE: template})
        assert {each.rule.code for each in made.diagnostics} == {"link/not-confined"}


STORES = """  remote_write:
    all: {url: "https://all.example", tenants: {header: X-Scope-OrgID}}
    some: {url: "https://some.example", tenants: {header: X-Scope-OrgID, of: partial, rest: infra}}
"""
WRITING: Changed = {PRODUCTION: f"{FULL[PRODUCTION]}{STORES}"}
CREW = "tenant: {name: Crew, tier: gold, region: eu-west-1, isolation: %s, owners: [sre@crew.example]}\n"


def _written(made: Build, path: str = SHARED) -> list[str]:
    return [each["name"] for each in parsed(made, path)["remote_write"]]


@pytest.mark.parametrize(("kind", "some"), [("logical", []), ("partial", ["some/crew"])])
def test_partial_tenants_are_written_as_grafana_reads_them(kind: str, some: list[str]) -> None:
    made = sound({**FULL, **WRITING, "tenants/crew/tenant.yaml": CREW % kind})
    assert _written(made) == ["all/acme", "all/crew", *some, "some"]


def test_a_strict_tenants_server_writes_only_that_tenant() -> None:
    made = sound({**isolated("strict"), **WRITING, "tenants/crew/tenant.yaml": CREW % "partial"})
    assert _written(made) == ["all/crew", "some/crew", "some"]
    assert _written(made, OWN) == ["all/acme", "some/acme", "some"]


def test_a_tenant_that_is_broken_now_is_written_as_before() -> None:
    files: Changed = {**FULL, **WRITING, "tenants/crew/tenant.yaml": CREW % "partial"}
    written = _written(sound(files))
    assert written == ["all/acme", "all/crew", "some/crew", "some"]
    later = {PRODUCTION: str(WRITING[PRODUCTION]).replace("environment: production", "environment: later")}
    made = build({**built(files), **later, "tenants/crew/services/shop.yaml": "owner: []\n"})
    assert made.diagnostics
    assert _written(made) == written


@pytest.mark.parametrize("entry", ["name: metrics/cloud", "name: cloud, headers: {X-Scope-OrgID: acme}"])
def test_without_a_separating_store_a_broken_strict_tenant_keeps_its_remote_writes(entry: str) -> None:
    shipped = (Path(__file__).parents[2] / TEMPLATE).read_text("utf-8")
    more = f"remote_write:\n  - {{{entry}, url: 'https://cloud.example'}}\n"
    files = {**isolated("strict"), TEMPLATE: f"{shipped}{more}"}
    made = build({**built(files), "tenants/acme/services/shop.yaml": "owner: []\n"})
    assert [each.rule.code for each in made.diagnostics] == ["check/wrong-kind"]
    assert SHARED in made.artifacts


def test_a_new_tenant_that_is_broken_is_written_by_nobody() -> None:
    files: Changed = {**FULL, **WRITING, "tenants/crew/tenant.yaml": CREW % "other"}
    assert _written(build(files)) == ["all/acme", "some"]


def test_a_strict_tenant_is_in_its_own_file_and_not_in_the_shared_one() -> None:
    made = sound({**STRICT, "tenants/acme/rules/node.yaml": "groups: [{name: a, rules: [{record: b, expr: up}]}]\n"})
    assert parsed(made, SHARED)["rule_files"] == []
    assert parsed(made, SHARED)["scrape_config_files"] == []
    own = parsed(made, f"{ACME}/prometheus.yaml")
    assert "rules/raw/node.yaml" in own["rule_files"]
    assert own["scrape_config_files"] == ["scrape/checkout.yaml"]
    assert own["global"] == parsed(made, SHARED)["global"]


def test_the_main_file_of_an_old_prometheus_has_the_jobs_of_the_scrape_files() -> None:
    old = """locale: en_GB
timezone: UTC
platform:
  targets: {prometheus: {version: "2.42"}}
  prometheus: {scrape_interval: 30s, evaluation_interval: 30s}
"""
    made = sound({DEFAULTS: old, CHECKOUT: "scrape: {app: {targets: ['a:1']}, jmx: {targets: ['a:2']}}\n"})
    jobs = parsed(made, f"{ACME}/scrape/checkout.yaml")["scrape_configs"]
    assert len(jobs) == 2
    assert parsed(made, SHARED)["scrape_configs"] == jobs


STEPS = st.lists(st.sampled_from(["a", "b", "tenants", "rules"]), min_size=1, max_size=4).map("/".join)


@given(STEPS, STEPS)
def test_relative_paths_are_those_of_the_standard_library(path: str, folder: str) -> None:
    file = f"{path}/x.yaml"
    assert relpath(file, folder) == posixpath.relpath(file, folder)
