from collections.abc import Mapping

import pytest

from tests.resolve.repository import LAYERS, SETTINGS, read
from varve.language.name import dotted
from varve.model.diagnostic import Place, Report
from varve.model.layer import Stack
from varve.model.settings import Settings
from varve.resolve.stack import platform, stack, wrap

TENANT = {"tenants/acme/tenant.yaml": "locale: fr_FR", "environments/tiers/gold.yaml": "labels: {tier: gold}"}
FACTS = {"environment": ("production",), "tenant.id": ("acme",), "tenant.tier": ("gold",)}


def stacked(
    files: Mapping[str, str], settings: Settings = SETTINGS, facts: Mapping[str, tuple[str, ...]] = FACTS
) -> tuple[Stack, Report]:
    report = Report()
    return stack(settings, facts, read({**TENANT, **files}, report), report), report


def test_files_speak_in_the_order_of_their_priorities() -> None:
    files = {
        "environments/tenants/acme.yaml": "quotas: {series: 1}",
        "environments/defaults.yaml": "locale: en_GB",
        "environments/production.toml": "locale = 'de_DE'",
        "tenants/acme/services/checkout.json": "{}",
    }
    found, report = stacked(files)
    assert [(layer.name, layer.file) for layer in found.layers] == [
        ("defaults", "environments/defaults.yaml"),
        ("tier", "environments/tiers/gold.yaml"),
        ("environment", "environments/production.toml"),
        ("tenant", "tenants/acme/tenant.yaml"),
        ("services", "tenants/acme/services/checkout.json"),
        ("grants", "environments/tenants/acme.yaml"),
    ]
    assert not len(report)


def test_a_file_goes_into_its_place_and_is_found_there() -> None:
    found, _ = stacked({"tenants/acme/services/checkout.yaml": "owner: payments"})
    service = found.layers[-1]
    assert service.value == {"services": {"checkout": {"owner": "payments"}}}
    assert service.place(("services", "checkout", "owner")) == Place("tenants/acme/services/checkout.yaml", ("owner",))


def test_what_only_the_platform_says_is_no_part_of_a_unit() -> None:
    found, _ = stacked({"environments/defaults.yaml": "{locale: en_GB, platform: {blackbox: {}}, locks: [quotas]}"})
    assert found.layers[0].value == {"locale": "en_GB"}
    assert [(dotted(lock.keys), lock.place) for lock in found.locks] == [
        ("quotas", Place("environments/defaults.yaml", ("locks", 0)))
    ]


def test_a_parent_speaks_just_before_the_file_that_extends_it_and_its_locks_are_inherited() -> None:
    files = {
        "environments/production.yaml": "{extends: staging, locale: fr_FR}",
        "environments/staging.yaml": "{extends: dev, locks: [quotas]}",
        "environments/dev.yaml": "locale: it_IT",
    }
    found, report = stacked(files)
    family = [layer for layer in found.layers if layer.name == "environment"]
    assert [(layer.file, layer.rank) for layer in family] == [
        ("environments/dev.yaml", -2),
        ("environments/staging.yaml", -1),
        ("environments/production.yaml", 0),
    ]
    assert [dotted(lock.keys) for lock in found.locks] == ["quotas"]
    assert not len(report)


def test_the_platform_is_not_inherited() -> None:
    files = {
        "environments/defaults.yaml": "platform: {blackbox: {address: 'a:1'}}",
        "environments/production.yaml": "{extends: staging}",
        "environments/staging.yaml": "platform: {blackbox: {address: 'b:1'}}",
    }
    report = Report()
    found = platform(SETTINGS, "production", read({**TENANT, **files}, report), report)
    assert [layer.file for layer in found.layers] == ["environments/defaults.yaml"]


def test_layers_that_name_a_tenant_say_nothing_of_the_platform() -> None:
    files = {"environments/tiers/gold.yaml": "platform: {blackbox: {address: 'a:1'}}"}
    report = Report()
    assert platform(SETTINGS, "production", read({**TENANT, **files}, report), report).layers == ()


@pytest.mark.parametrize(("value", "speaks"), [("gold", True), ("silver", False)])
def test_a_layer_may_wait_for_a_fact(value: str, speaks: bool) -> None:  # noqa: FBT001 - a table
    settings = SETTINGS._replace(layers=(*LAYERS[1:], LAYERS[0]._replace(when={"tenant.tier": (value, "platinum")})))
    found, _ = stacked({"environments/defaults.yaml": "locale: en_GB"}, settings)
    assert ("environments/defaults.yaml" in [layer.file for layer in found.layers]) is speaks


@pytest.mark.parametrize(
    ("files", "facts", "code", "place"),
    [
        pytest.param(
            {},
            FACTS | {"tenant.tier": ("gild",)},
            "resolve/missing-file",
            Place("tenants/acme/tenant.yaml", ("tenant", "tier")),
            id="a tier without a file",
        ),
        pytest.param(
            {},
            {key: value for key, value in FACTS.items() if key != "tenant.tier"},
            "resolve/unknown-fact",
            Place("tenants/acme/tenant.yaml", ("tenant", "tier")),
            id="a fact that nobody says",
        ),
        pytest.param(
            {},
            FACTS | {"tenant.tier": ("../../etc",)},
            "read/bad-id",
            Place("tenants/acme/tenant.yaml", ("tenant", "tier")),
            id="a fact that would lead out of the repository",
        ),
        pytest.param(
            {"tenants/acme/services/Check_out.yaml": "{}"},
            FACTS,
            "read/bad-id",
            Place("tenants/acme/services/Check_out.yaml"),
            id="a file whose name is no id",
        ),
        pytest.param(
            {"environments/production.yaml": "extends: stagging"},
            FACTS,
            "resolve/unknown-parent",
            Place("environments/production.yaml", ("extends",)),
            id="a parent that is not there",
        ),
        pytest.param(
            {"environments/production.yaml": "extends: staging", "environments/staging.yaml": "extends: production"},
            FACTS,
            "resolve/circular-extends",
            Place("environments/production.yaml", ("extends",)),
            id="parents in a circle, told at the first of them by name",
        ),
        pytest.param(
            {"environments/production.yaml": "extends: production"},
            FACTS,
            "resolve/circular-extends",
            Place("environments/production.yaml", ("extends",)),
            id="an environment that extends itself",
        ),
        pytest.param(
            {"environments/tiers/gold.yaml": "extends: silver", "environments/tiers/silver.yaml": ""},
            FACTS,
            "resolve/unknown-parent",
            Place("environments/tiers/gold.yaml", ("extends",)),
            id="a file that is of no environment extends one",
        ),
        pytest.param(
            {"environments/production.yaml": "tenant: {tier: silver}", "tenants/acme/tenant.yaml": ""},
            FACTS,
            "resolve/changed-fact",
            Place("environments/production.yaml", ("tenant", "tier")),
            id="a layer contradicts a fact",
        ),
        pytest.param(
            {"environments/production.yaml": "locks: ['quotas..series']"},
            FACTS,
            "resolve/bad-lock",
            Place("environments/production.yaml", ("locks", 0)),
            id="a lock that is no path",
        ),
        pytest.param(
            {"tenants/acme/tenant.toml": ""},
            FACTS,
            "read/two-files-for-one-name",
            Place("tenants/acme/tenant.toml"),
            id="two files for one name",
        ),
    ],
)
def test_a_mistake_is_said_where_it_stands(
    files: dict[str, str], facts: dict[str, tuple[str, ...]], code: str, place: Place
) -> None:
    _, report = stacked(files, facts=facts)
    assert [(each.rule.code, each.place) for each in report] == [(code, place)]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {
                "environments/production.yaml": "tenant: {tier: silver}",
                "tenants/acme/tenant.yaml": "tenant: {tier: gold}",
            },
            id="one that a stronger layer takes back",
        ),
        pytest.param({"environments/production.yaml": "tenant: {isolation: strict}"}, id="one that chooses no layer"),
        pytest.param({"environments/production.yaml": "tenant: {tier: gold}"}, id="one that says the same"),
        pytest.param({"environments/production.yaml": "environment: staging"}, id="one that only the unit decides"),
    ],
)
def test_a_layer_may_speak_of_a_fact(files: dict[str, str]) -> None:
    _, report = stacked(files)
    assert not len(report)


@pytest.mark.parametrize(("text", "codes"), [("soc2", ["resolve/changed-fact"]), ("gdpr", [])])
def test_a_layer_may_add_to_a_list_of_facts_what_no_layer_waits_for(text: str, codes: list[str]) -> None:
    waiting = LAYERS[0]._replace(name="audit", path="environments/audit", when={"tenant.compliance": ("soc2",)})
    files = {"environments/production.yaml": f"tenant: {{compliance: [{text}]}}"}
    facts = FACTS | {"tenant.compliance": ("hipaa", "pci")}
    _, report = stacked(files, SETTINGS._replace(layers=(*LAYERS, waiting)), facts)
    assert [each.rule.code for each in report] == codes


def test_what_a_tenant_lacks_is_asked_of_the_tenant_and_what_the_settings_misspell_of_them() -> None:
    misspelt = LAYERS[1]._replace(path="environments/tiers/%{tenant.teir}")
    own = "say `tenant.tier` in the tenant's file"
    granted = f"{own}, or, where it is locked, in the platform's `environments/tenants/acme.yaml`"
    for layers, file, hint in (
        (LAYERS, "tenants/acme/tenant.yaml", granted),
        (LAYERS[:-1], "tenants/acme/tenant.yaml", own),
        ((*LAYERS[:1], misspelt, *LAYERS[2:]), "varve.yaml", "did you mean `%{tenant.tier}`?"),
    ):
        facts = {fact: FACTS[fact] for fact in FACTS if fact != "tenant.tier" or misspelt in layers}
        _, report = stacked({"varve.yaml": "layers: []"}, SETTINGS._replace(layers=layers), facts)
        [said] = report
        assert (said.rule.code, said.place and said.place.file, said.hint) == ("resolve/unknown-fact", file, hint)


def test_a_fact_is_asked_of_the_grants_that_there_are() -> None:
    facts = {fact: FACTS[fact] for fact in FACTS if fact != "tenant.tier"}
    _, report = stacked({"environments/tenants/acme.toml": "quotas = {series = 1}"}, facts=facts)
    [said] = report
    assert said.hint.endswith("in the platform's `environments/tenants/acme.toml`")


def test_an_optional_file_may_be_missing() -> None:
    _, report = stacked({})
    assert not len(report)


def test_an_unreadable_file_keeps_its_place_in_the_stack() -> None:
    found, report = stacked({"tenants/acme/services/checkout.yaml": "[ }"})
    assert (found.layers[-1].file, found.layers[-1].value) == (
        "tenants/acme/services/checkout.yaml",
        {"services": {"checkout": {}}},
    )
    assert report.broken


def test_wrapping_puts_a_value_below_its_keys() -> None:
    assert wrap({"a": 1}, ("services", "checkout")) == {"services": {"checkout": {"a": 1}}}
    assert wrap({"a": 1}, ()) == {"a": 1}
