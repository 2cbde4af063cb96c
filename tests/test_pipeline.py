"""One broken file stops nobody else: what is broken keeps the artifacts that stand, everything else is built."""

from dataclasses import replace

import pytest
import yaml

from tests.emit.repository import (
    ACME,
    BLACKBOX,
    CHECKOUT,
    SEALED,
    STRICT,
    Changed,
    build,
    built,
    findings,
    parsed,
    repository,
    sound,
)
from varve import pipeline
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.unit import Selection, Unit

UMBRELLA = "tenants/umbrella/tenant.yaml"
ITS_SERVICE = "tenants/umbrella/services/portal.yaml"
TWO = {
    UMBRELLA: "tenant: {name: U, tier: gold, region: eu-west-1, isolation: logical, owners: [ops@umbrella.example]}\n",
    ITS_SERVICE: "scrape: {app: {targets: ['portal:9090']}}\n",
}
SHARED = "build/production/shared/prometheus.yaml"
RULES = f"{ACME}/rules/checkout.yaml"
DEFAULTS = "environments/defaults.yaml"
PRODUCTION = "environments/production.yaml"
BROKEN = "onwer: payments\n"
NEW = {ITS_SERVICE: "scrape: {web: {targets: ['portal:9091']}}\n"}


def linked(made: Build, path: str = SHARED) -> set[str]:
    """Whose files a main file names."""
    main_file = parsed(made, path)
    return {name.split("/")[2] for name in main_file["rule_files"] + main_file["scrape_config_files"]}


def under(paths: object, folder: str) -> set[str]:
    """Those of the paths that are below a folder."""
    assert isinstance(paths, frozenset | dict)
    return {path for path in paths if path.startswith(f"{folder}/")}


# A broken tenant


def test_a_broken_tenant_keeps_its_artifacts_and_stays_linked() -> None:
    before = built(TWO)
    made = build({**before, CHECKOUT: BROKEN, **NEW})
    assert findings(made) == ["check/unknown-key: unknown key `onwer` in `services.checkout`"]
    assert under(made.kept, ACME) == {path for path in before if path.startswith(ACME)} != set()
    assert under(made.artifacts, ACME) == set()
    assert linked(made) == {"acme", "umbrella"}
    assert b"portal:9091" in made.artifacts["build/production/tenants/umbrella/scrape/portal.yaml"].data
    assert made.units == (Unit("umbrella", "staging"), Unit("umbrella", "production"))


def test_a_broken_tenant_without_artifacts_is_not_linked() -> None:
    made = build({**TWO, CHECKOUT: BROKEN})
    assert under(made.kept, ACME) == set()
    assert linked(made) == {"umbrella"}


def test_a_tenant_that_is_broken_in_one_environment_is_built_in_the_other() -> None:
    made = build({**built(TWO), "tenants/acme/overlays/staging.yaml": "locale: xx_XX\n", CHECKOUT: "owner: checkout\n"})
    assert len(findings(made)) == 1
    assert under(made.kept, "build/staging/tenants/acme")
    assert under(made.artifacts, ACME)
    assert not under(made.kept, ACME)


def test_a_broken_strict_tenant_keeps_its_own_main_file_and_is_not_shared() -> None:
    before = built({**TWO, **STRICT})
    made = build({**before, CHECKOUT: BROKEN, **NEW})
    assert f"{ACME}/prometheus.yaml" in made.kept
    assert linked(made) == {"umbrella"}


def test_a_tenant_that_turns_strict_leaves_the_shared_main_file() -> None:
    made = build({**built(TWO), **STRICT})
    assert linked(made) == {"umbrella"}
    assert f"{ACME}/prometheus.yaml" in made.artifacts


def test_a_vendors_broken_file_breaks_its_tenant() -> None:
    made = build({**built(TWO), "tenants/acme/rules/node.yaml": "groups: [{name: a, rules: [{expr: up}]}]\n"})
    assert [each.partition(":")[0] for each in findings(made)] == ["check/neither-alert-nor-record"]
    assert under(made.kept, ACME)
    assert linked(made) == {"acme", "umbrella"}


def test_a_deleted_tenant_keeps_nothing() -> None:
    before = built(TWO)
    made = build({**before, UMBRELLA: None, ITS_SERVICE: None})
    assert findings(made) == []
    assert made.kept == frozenset()
    assert linked(made) == {"acme"}


def test_a_kept_file_that_was_spoilt_is_said_and_the_shared_files_stay() -> None:
    old = {DEFAULTS: OLD}
    before = built({**TWO, **old})
    made = build({**before, CHECKOUT: BROKEN, f"{ACME}/scrape/checkout.yaml": "scrape_configs: [\n"})
    assert [each.partition(":")[0] for each in findings(made)] == ["check/unknown-key", "read/syntax"]
    assert SHARED in made.kept
    assert "build/staging/shared/prometheus.yaml" in made.artifacts


OLD = """locale: en_GB
timezone: UTC
platform:
  targets: {prometheus: {version: "2.42"}}
  prometheus: {scrape_interval: 30s, evaluation_interval: 30s}
  secrets: {root: /run/secrets/varve}
"""


MIMIR = """platform:
  remote_write:
    mimir: {url: "https://mimir.example/push", authorization: {credentials: {secret: mimir/token}}}
"""


# A broken environment, layer, pack, template


@pytest.mark.parametrize(
    "text",
    [
        "platform: {external_lables: {a: b}}\n",
        "platform: {prometheus: {scrape_timeout: 5m}}\n",
        MIMIR,
        "extends: nowhere\n",
        "a: [\n",
    ],
    ids=[
        "an unknown key",
        "a timeout too long",
        "a secret that is not sealed",
        "a parent that is not there",
        "no YAML",
    ],
)
def test_a_broken_environment_keeps_everything_and_the_others_are_built(text: str) -> None:
    before = built(TWO)
    made = build({**before, PRODUCTION: text, **NEW})
    assert len(findings(made)) == 1
    existing = {path for path in before if path.startswith("build/production/")}
    assert under(made.kept, "build/production") == existing
    assert under(made.artifacts, "build/production") == set()
    assert linked(made, "build/staging/shared/prometheus.yaml") == {"acme", "umbrella"}


def test_a_broken_shared_layer_is_said_once_though_every_unit_meets_it() -> None:
    made = build({**TWO, "environments/tiers/gold.yaml": "quota: {series: 5}\n"})
    assert findings(made) == ["check/unknown-key: unknown key `quota`"]
    assert made.units == ()


def test_a_mistake_of_a_shared_layer_that_only_shows_in_units_is_said_once() -> None:
    made = build({**TWO, DEFAULTS: OLD.replace("UTC", "'%{tenant.nickname}'")})
    assert [each.partition(":")[0] for each in findings(made)] == ["resolve/unknown-reference"]
    assert made.units == ()


@pytest.mark.parametrize("text", ["version: 1\n", "a: [\n"], ids=["a key is missing", "no YAML"])
def test_a_broken_pack_stops_everything(text: str) -> None:
    before = built(TWO)
    made = build(
        {**before, "templates/packs/mine/pack.yaml": text, "templates/packs/mine/rules.yaml.j2": "rules: []\n"}
    )
    assert findings(made)
    assert made.artifacts == {}
    assert made.kept == {path for path in before if path.startswith("build/")}


def test_a_warning_about_a_pack_stops_nothing() -> None:
    pack = """version: 1
title: Mine
description: Ours
applies_to: service
parameters:
  type: object
  additionalProperties: false
  properties:
    channel:
      default: #ops
"""
    made = build({"templates/packs/mine/pack.yaml": pack, "templates/packs/mine/rules.yaml.j2": "rules: []\n"})
    assert [each.partition(":")[0] for each in findings(made)] == ["read/comment-eats-value"]
    assert len(made.units) == 2


def test_broken_settings_stop_everything() -> None:
    before = built(TWO)
    made = build({**before, "varve.yaml": "apiVersion: varve/v0\n"})
    assert findings(made)
    assert made.artifacts == {}
    assert made.kept == {path for path in before if path.startswith("build/")}


def test_a_template_that_fails_for_one_tenant_breaks_that_one() -> None:
    rules = "rules:\n  - {record: 'a:b', expr: {{ 1 / (tenant.owners | length - 1) }}}\n"
    pack = """version: 1
title: Mine
description: Ours
applies_to: tenant
parameters: {type: object, additionalProperties: false, properties: {}}
"""
    two_owners = TWO[UMBRELLA].replace("[ops@umbrella.example]", "[ops@umbrella.example, dev@umbrella.example]")
    changed = {
        UMBRELLA: two_owners,
        "templates/packs/mine/pack.yaml": pack,
        "templates/packs/mine/rules.yaml.j2": rules,
    }
    made = build({**built(TWO), **changed})
    assert [each.partition(":")[0] for each in findings(made)] == ["emit/template-failed"]
    assert {unit.tenant for unit in made.units} == {"umbrella"}
    assert linked(made) == {"acme", "umbrella"}


@pytest.mark.parametrize(
    "template", ["global: {{ nothing }}\n", "- global\n"], ids=["a value is missing", "it gives a list"]
)
def test_a_broken_main_template_keeps_the_shared_file_and_those_of_strict_tenants(template: str) -> None:
    before = built({**TWO, **STRICT})
    made = build({**before, "templates/prometheus/prometheus.yaml.j2": template})
    assert len(findings(made)) == 1
    assert {SHARED, f"{ACME}/prometheus.yaml"} <= made.kept
    assert f"{ACME}/scrape/checkout.yaml" in made.artifacts


# What is selected


def test_one_environment_is_built_and_the_other_kept() -> None:
    before = built(TWO)
    made = build({**before, **NEW}, Selection(environment="staging"))
    assert {path.split("/")[1] for path in made.artifacts} == {"staging"}
    assert {path.split("/")[1] for path in made.kept} == {"production"}
    assert {unit.environment for unit in made.units} == {"staging"}


def test_one_tenant_is_built_and_linked_with_the_others_as_they_stand() -> None:
    before = built({**TWO, **STRICT})
    made = build({**before, **NEW, CHECKOUT: BROKEN}, Selection(tenant="umbrella"))
    assert findings(made) == []
    assert {unit.tenant for unit in made.units} == {"umbrella"}
    assert under(made.kept, ACME) == {path for path in before if path.startswith(ACME)}
    assert linked(made) == {"umbrella"}


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(environment="prodution"), "read/no-such-environment: there is no environment `prodution`"),
        (Selection(tenant="acne"), "read/no-such-tenant: there is no tenant `acne`"),
    ],
    ids=["an environment", "a tenant"],
)
def test_what_is_selected_must_be_there(selection: Selection, expected: str) -> None:
    before = built(TWO)
    made = build(before, selection)
    assert findings(made) == [expected]
    assert made.artifacts == {}
    assert made.kept == {path for path in before if path.startswith("build/")}


# Files that cannot be read


@pytest.mark.parametrize(
    ("refused", "broken"),
    [
        ("tenants/acme/link.yaml", {"acme"}),
        ("tenants/acme", {"acme"}),
        ("environments/link.yaml", {"acme", "umbrella"}),
        ("build/link", set()),
    ],
    ids=["a tenant's", "a tenant's folder", "the platform's", "one among the artifacts"],
)
def test_a_refused_file_breaks_its_owner(refused: str, broken: set[str]) -> None:
    snapshot = replace(repository(built(TWO)), refused=frozenset({refused}))
    made = pipeline.compile(snapshot)
    assert {unit.tenant for unit in made.units} == {"acme", "umbrella"} - broken
    assert {path.split("/")[3] for path in made.kept if "/tenants/" in path} == broken


@pytest.mark.parametrize("defended", [True, False], ids=["defended", "undefended"])
@pytest.mark.parametrize(
    "refused",
    [RULES, "build/production/tenants/acme", "build/production"],
    ids=["a rule file", "the folder of the tenant", "the folder of the environment"],
)
def test_no_environment_is_linked_without_the_artifacts_that_a_tenant_keeps(
    refused: str, monkeypatch: pytest.MonkeyPatch, *, defended: bool
) -> None:
    if not defended:
        monkeypatch.setattr("varve.pipeline.remembering.keeps_refused", lambda *_: False)
    left = {path: None for path in built(TWO) if path == refused or path.startswith(f"{refused}/")}
    snapshot = replace(repository({**built(TWO), **left}), refused=frozenset({refused}))
    made = pipeline.compile(snapshot, Selection(tenant="umbrella"))
    assert "build/staging/shared/prometheus.yaml" in made.made
    if defended:
        assert SHARED not in made.made
    else:
        assert RULES.removeprefix("build/production/") not in parsed(made, SHARED)["rule_files"]


def test_a_conflict_in_what_a_unit_makes_anew_holds_nothing_back() -> None:
    snapshot = replace(repository({**built(TWO), RULES: None}), refused=frozenset({RULES}))
    made = pipeline.compile(snapshot, Selection(tenant="acme"))
    assert {RULES, SHARED} <= made.made.keys()


def test_a_file_that_nothing_reads_is_warned_of() -> None:
    made = build({"tenants/acme/servcies/search.yaml": "owner: search\n"})
    assert findings(made) == ["read/unread-file: `tenants/acme/servcies/search.yaml` is never read"]
    assert len(made.units) == 2


def test_unread_files_are_no_matter_while_their_tenant_is_broken_or_only_a_part_is_built() -> None:
    stray = {"tenants/acme/servcies/search.yaml": "owner: search\n"}
    assert len(findings(build({**stray, CHECKOUT: BROKEN}))) == 1
    assert findings(build(stray, Selection(environment="staging"))) == []


def test_a_tenant_that_is_broken_keeps_no_warning_from_another() -> None:
    strays: Changed = {**TWO, "tenants/umbrella/notes.yaml": "a: 1\n", "environments/nobody.yaml": "a: 1\n"}
    warned = "read/unread-file: `tenants/umbrella/notes.yaml` is never read"
    assert warned in findings(build(strays))
    assert [each for each in findings(build({**strays, CHECKOUT: BROKEN})) if "unread" in each] == [warned]


def test_strangers_under_build_are_not_kept() -> None:
    made = build({"build/notes.txt": "mine", "build/production/notes.txt": "", "build/production/tenants/x": ""})
    assert findings(made) == []
    assert made.kept == frozenset()


# The environment's own settings


def test_an_environment_inherits_layers_and_locks_of_its_parent_but_not_its_platform() -> None:
    snapshot = repository(
        {
            "environments/staging.yaml": (
                "labels: {stage: staging, team: a}\nlocks: [labels.team]\n"
                "platform: {external_labels: {stage: staging}}\n"
            ),
            PRODUCTION: "extends: staging\nlabels: {stage: production}\n",
        }
    )
    report = Report()
    opened = pipeline.open_repository(snapshot, report)
    assert opened is not None
    environment = pipeline.resolve_environment(opened, "production", report)
    resolved = pipeline.resolve_unit(opened, Unit("acme", "production"), report)
    assert environment is not None
    assert resolved is not None
    assert not list(report)
    assert resolved.value["labels"] == {"stage": "production", "team": "a"}
    assert ("labels", "team") in {lock.keys for lock in resolved.stack.locks}
    assert "external_labels" not in environment.platform


def test_the_platforms_secrets_are_its_own() -> None:
    at_the_tenant = build({PRODUCTION: MIMIR, "tenants/acme/secrets/mimir.sops.yaml": SEALED})
    assert [each.partition(":")[0] for each in findings(at_the_tenant)] == ["check/unknown-secret"]
    made = sound({PRODUCTION: MIMIR, "environments/secrets/mimir.sops.yaml": SEALED})
    assert parsed(made, SHARED)["remote_write"] == [
        {
            "name": "mimir",
            "url": "https://mimir.example/push",
            "authorization": {"credentials_file": "/run/secrets/varve/platform/mimir/token"},
        }
    ]


def test_probes_need_an_exporter() -> None:
    probed = {CHECKOUT: "probes: {home: {http: {url: 'https://acme.example'}}}\n"}
    assert {each.partition(":")[0] for each in findings(build(probed))} == {"check/no-prober"}
    made = sound({**probed, **BLACKBOX})
    job = yaml.safe_load(made.artifacts[f"{ACME}/scrape/checkout.yaml"].data)["scrape_configs"][0]
    assert job["job_name"] == "acme/checkout/probe/home"
