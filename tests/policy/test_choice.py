"""The policies that bind: always active ones, those in the settings, and those of a tenant's frameworks."""

import pytest

from tests.policy.judging import BETA, judged, library, policy, reported, seen, waived
from varve import pipeline
from varve.model.diagnostic import Severity
from varve.model.unit import Selection, Unit
from varve.policy.choice import choice, compliance

pytestmark = pytest.mark.usefixtures("one_kit")

CHOSEN = policy("service", 'service.id != ""', applies="chosen", severity="warning")


def framework(id_: str, severity: str) -> dict[str, str | None]:
    control = "{id: A1, title: something, checks: [own], limits: most}"
    return {
        f"policies/frameworks/{id_}.yaml": (
            f"id: {id_}\ntitle: {id_}\nseverity: {severity}\nlimits: many\ncontrols: [{control}]\nunchecked: {{}}\n"
        )
    }


def settings(own: str) -> dict[str, str | None]:
    return {"policies/settings.yaml": f"policies: {{own: {own}}}\n"}


ERROR, NOTE = framework("strict", "error"), framework("mild", "note")
CASES: dict[str, tuple[dict[str, str | None], tuple[str, ...], Severity | None]] = {
    "nobody asks": (CHOSEN, (), None),
    "it binds everybody": ({**CHOSEN, **policy("service", "true", severity="note")}, (), Severity.NOTE),
    "the settings name it": ({**CHOSEN, **settings("{}")}, (), Severity.WARNING),
    "the settings say how strict it is": ({**CHOSEN, **settings("{severity: note}")}, (), Severity.NOTE),
    "the settings turn it off": ({**CHOSEN, **ERROR, **settings("{enabled: false}")}, ("strict",), None),
    "a framework names it": ({**CHOSEN, **ERROR}, ("strict",), Severity.ERROR),
    "a framework that the tenant is not held to": ({**CHOSEN, **ERROR, **NOTE}, ("mild",), Severity.NOTE),
    "two frameworks": ({**CHOSEN, **ERROR, **NOTE}, ("mild", "strict"), Severity.ERROR),
    "a milder framework, and the settings": ({**CHOSEN, **NOTE, **settings("{}")}, ("mild",), Severity.WARNING),
    "the settings are milder than a framework": (
        {**CHOSEN, **ERROR, **settings("{severity: note}")},
        ("strict",),
        Severity.NOTE,
    ),
    "a framework that nobody has described": ({**CHOSEN, **ERROR}, ("other",), None),
}


@pytest.mark.parametrize(("files", "held", "expected"), CASES.values(), ids=CASES)
def test_the_strictest_severity_counts(
    files: dict[str, str | None], held: tuple[str, ...], expected: Severity | None
) -> None:
    assert choice(library(files), held).get("own") is expected


def test_a_tenants_frameworks_bind_its_units_and_nobody_elses() -> None:
    tenant = "tenant: {name: %s, tier: gold, region: eu-west-1, isolation: logical, owners: [s@x.example]%s}\n"
    files = {
        **policy("service", "false", applies="chosen", severity="warning", message='"`{service.id}` is wrong"'),
        **ERROR,
        "tenants/acme/tenant.yaml": tenant % ("A", ", compliance: [strict]"),
        "tenants/beta/tenant.yaml": tenant % ("B", ""),
        "tenants/beta/services/portal.yaml": "owner: x\n",
    }
    build = judged(files)
    assert {each.partition(" (")[0] for each in reported(build)} == {
        f"policy/own: `{name}` is wrong" for name in ("checkout", "ledger", "other")
    }
    assert {unit.tenant for unit in build.units} == {"beta"}


GRANTS, TENANT = "environments/tenants/acme.yaml", "tenants/acme/tenant.yaml"
NAMED: dict[str, str | None] = {GRANTS: "tenant: {compliance: [strict]}\n"}
CLAIMED: dict[str, str | None] = {
    TENANT: (
        "tenant: {name: A, tier: gold, region: eu-west-1, isolation: logical, owners: [s@x.example], "
        "compliance: [strict]}\n"
    )
}
REQUIREMENTS = {"platform": 'environment != "production"', "source": 'source.path != "environments/production.yaml"'}
HELD: dict[str, tuple[dict[str, str | None], Severity | None]] = {
    "nobody asks": ({}, None),
    "the platform names a framework": (NAMED, Severity.WARNING),
    "and the settings name the policy": ({**NAMED, **settings("{}")}, Severity.WARNING),
    "and the settings make it an error": ({**NAMED, **settings("{severity: error}")}, Severity.ERROR),
    "and the settings make it a note": ({**NAMED, **settings("{severity: note}")}, Severity.NOTE),
    "and the settings turn it off": ({**NAMED, **settings("{enabled: false}")}, None),
    "a tenant claims a framework": (CLAIMED, None),
    "and the settings make that an error": ({**CLAIMED, **settings("{severity: error}")}, Severity.ERROR),
}


@pytest.mark.parametrize(("files", "expected"), HELD.values(), ids=HELD)
@pytest.mark.parametrize("scope", REQUIREMENTS)
def test_a_tenants_framework_only_warns_about_the_platform(
    scope: str, files: dict[str, str | None], expected: Severity | None
) -> None:
    build = judged(
        {**policy(scope, REQUIREMENTS[scope], applies="chosen", severity="warning"), **ERROR, **BETA, **files}
    )
    severities = [each.rule.severity for each in build.diagnostics if each.rule.code == "policy/own"]
    assert severities == ([] if expected is None else [expected])
    assert (Unit("beta", "production") in build.units) is (expected is not Severity.ERROR)
    assert {each.tenant for each in build.units if each.environment == "staging"} == {"acme", "beta"}


@pytest.mark.parametrize("files", [NAMED, CLAIMED], ids=["by the platform", "by the tenant"])
@pytest.mark.parametrize("scope", REQUIREMENTS)
def test_findings_of_all_frameworks_about_the_platform_are_counted(scope: str, files: dict[str, str | None]) -> None:
    build = judged({**policy(scope, REQUIREMENTS[scope], applies="chosen", severity="warning"), **ERROR, **files})
    failures = [one for each in build.tallies if not each.unit.tenant for one in each.failures]
    assert [each.place.file for each in failures if each.place] == ["environments/production.yaml"]
    platform_files = {"varve.yaml", *(f"environments/{name}.yaml" for name in ("defaults", "production", "staging"))}
    population = sum(each.population for each in build.tallies if not each.unit.tenant)
    assert population == (2 if scope == "platform" else len(platform_files | ({GRANTS} & files.keys())))


def test_a_tenants_framework_only_warns_if_the_platform_cannot_be_judged() -> None:
    unsure = policy("platform", 'platform.nothing == "x"', applies="chosen", severity="warning")
    build = judged({**unsure, **ERROR, **NAMED})
    severities = [each.rule.severity for each in build.diagnostics if each.rule.code == "policy/cannot-judge"]
    assert severities == [Severity.WARNING] * 2
    assert len(build.units) == 2
    assert judged({**unsure, **ERROR, **NAMED, **settings("{}")}).units == ()


def test_the_platform_is_held_to_the_frameworks_of_those_who_are_compiled() -> None:
    asks = {**policy("platform", "false", applies="chosen", severity="warning"), **ERROR, **NAMED, **BETA}
    assert reported(pipeline.compile(seen(asks), Selection(tenant="beta"))) == []
    assert len(reported(pipeline.compile(seen(asks), Selection(tenant="acme")))) == 2


def test_a_waiver_of_what_a_tenants_framework_asks_of_the_platform_is_needed() -> None:
    asks = {**policy("platform", "false", applies="chosen", severity="warning"), **ERROR}
    for counting in (False, True):
        build = judged({**asks, **CLAIMED, **waived()}, counting=counting)
        assert (reported(build), build.unused_waivers) == ([], ())
    assert len(judged({**asks, **waived()}).unused_waivers) == 1


def test_an_undefined_framework_is_reported_where_it_is_named() -> None:
    tenant = (
        "tenant: {name: A, tier: gold, region: eu-west-1, isolation: logical, owners: [s@x.example], compliance: %s}\n"
    )
    build = judged({**CHOSEN, **ERROR, "tenants/acme/tenant.yaml": tenant % "[strict, strikt]"})
    assert reported(build) == [
        "policy/unknown-framework: there is no framework `strikt` (tenants/acme/tenant.yaml tenant.compliance.1)"
    ]
    assert [each.hint for each in build.diagnostics] == ["did you mean `strict`?"]
    assert {unit.tenant for unit in build.units} == {"acme"}


def test_frameworks_are_named_once() -> None:
    assert compliance({"tenant": {"compliance": ["a", "b", "a"]}}) == ("a", "b")
    assert compliance({}) == ()
