"""What a change touches: the units that rest on what is changed, and the artifacts that become others."""

from collections.abc import Mapping

from tests.emit.repository import CHECKOUT, Changed, built, pack, repository, sources
from tests.pipeline.test_remembering import TWO
from tests.policy.judging import policy
from varve import pipeline
from varve.inquire.affected import Side, Touched, affected
from varve.model.unit import Unit

WORD = "tenants/acme/overlays/staging.yaml"


def _touched(change: Changed, begun: Mapping[str, str] = TWO) -> dict[Unit, Touched]:
    sides = [repository(each) for each in (begun, {**begun, **change})]
    found = affected(*(Side(each, pipeline.compile(each)) for each in sides))
    return {each.unit: each for each in found}


def test_without_changes_nothing_is_touched() -> None:
    assert _touched({}) == {}


def test_a_service_touches_the_units_of_its_tenant() -> None:
    found = _touched({CHECKOUT: sources({})[CHECKOUT].decode() + "interval: 45s\n"})
    assert found.keys() == {Unit("acme", "production"), Unit("acme", "staging")}
    assert {each.because for each in found.values()} == {(CHECKOUT,)}
    assert all(
        path.startswith("build/production/tenants/acme/") for path in found[Unit("acme", "production")].artifacts
    )


def test_a_new_file_touches_the_units_that_looked_for_it() -> None:
    found = _touched({WORD: "labels: {stage: one}\n"})
    assert found.keys() == {Unit("acme", "staging")}
    assert found[Unit("acme", "staging")].because == (WORD,)


def test_a_source_that_changes_no_artifact_touches_its_units_nevertheless() -> None:
    found = _touched({CHECKOUT: sources({})[CHECKOUT].decode() + "# nothing\n"})
    assert {each.artifacts for each in found.values()} == {()}
    assert {each.because for each in found.values()} == {(CHECKOUT,)}


def test_a_tenant_that_comes_touches_what_all_share() -> None:
    found = _touched({path.replace("beta", "gamma"): text.replace("beta", "gamma") for path, text in TWO.items()})
    assert {unit for unit in found if unit.tenant} == {Unit("gamma", "production"), Unit("gamma", "staging")}
    assert found[Unit("", "production")].artifacts


def test_a_template_touches_the_units_whose_artifacts_it_changes() -> None:
    rule = "rules: [{record: 'a:b', expr: vector(%d)}]\n"
    begun = {**TWO, CHECKOUT: "packs: {mine: {}}\n", **pack(rule % 1)}
    found = _touched(pack(rule % 2), {path: text for path, text in begun.items() if text is not None})
    assert found.keys() == {Unit("acme", "production"), Unit("acme", "staging")}
    assert {each.because for each in found.values()} == {("templates/packs/mine/rules.yaml.j2",)}


REPLICAS = """platform:
  targets: {prometheus: {version: "3.5"}}
  replica: {label: __replica__, variable: HOSTNAME}
  remote_write: {mimir: {url: "https://mimir.example/push"}}
  external_labels: {cluster: %s}
"""


def test_an_environment_that_another_ones_change_keeps_back_is_listed_with_that_change() -> None:
    production, staging = "environments/production.yaml", "environments/staging.yaml"
    apart = {production: REPLICAS % "production", staging: REPLICAS % "staging"}
    begun, alike = built({**TWO, **apart}), {production: REPLICAS % "staging"}
    for change, start in ((alike, begun), (apart, {**begun, **alike})):
        found = _touched(change, {path: text for path, text in start.items() if text is not None})
        assert found.keys() == {Unit(tenant, name) for tenant in ("acme", "beta") for name in ("production", "staging")}
        assert {(each.because, each.artifacts) for each in found.values()} == {((production,), ())}


def test_a_unit_that_a_policy_keeps_back_is_listed_with_the_policy() -> None:
    begun = {path: text for path, text in built(TWO).items() if text is not None}
    change = policy("service", "service.owner == 'nobody'")
    assert set(_touched(change, begun).values()) == {
        Touched(Unit("acme", name), tuple(change), ()) for name in ("production", "staging")
    }
