import pytest

from tests.resolve.repository import FACTS, LAYERS, SETTINGS, TENANT, read, stacked
from varve.language.name import dotted
from varve.model.diagnostic import Place, Report
from varve.resolve.stack import platform, wrap


def test_layers_are_in_the_order_of_their_priorities() -> None:
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


def test_a_file_is_wrapped_at_its_place_in_the_unit() -> None:
    found, _ = stacked({"tenants/acme/services/checkout.yaml": "owner: payments"})
    service = found.layers[-1]
    assert service.value == {"services": {"checkout": {"owner": "payments"}}}
    assert service.place(("services", "checkout", "owner")) == Place("tenants/acme/services/checkout.yaml", ("owner",))


def test_keys_of_the_platform_only_are_not_part_of_a_unit() -> None:
    found, _ = stacked({"environments/defaults.yaml": "{locale: en_GB, platform: {blackbox: {}}, locks: [quotas]}"})
    assert found.layers[0].value == {"locale": "en_GB"}
    assert [(dotted(lock.keys), lock.place) for lock in found.locks] == [
        ("quotas", Place("environments/defaults.yaml", ("locks", 0)))
    ]


def test_the_platform_is_not_inherited() -> None:
    files = {
        "environments/defaults.yaml": "platform: {blackbox: {address: 'a:1'}}",
        "environments/production.yaml": "{extends: staging}",
        "environments/staging.yaml": "platform: {blackbox: {address: 'b:1'}}",
    }
    report = Report()
    found = platform(SETTINGS, "production", read({**TENANT, **files}, report), report)
    assert [layer.file for layer in found.layers] == ["environments/defaults.yaml"]


def test_layers_that_name_a_tenant_do_not_set_the_platform() -> None:
    files = {"environments/tiers/gold.yaml": "platform: {blackbox: {address: 'a:1'}}"}
    report = Report()
    assert platform(SETTINGS, "production", read({**TENANT, **files}, report), report).layers == ()


def test_platform_in_a_layer_that_names_a_tenant_is_reported() -> None:
    stack, report = stacked({"environments/tiers/gold.yaml": "{platform: {blackbox: {address: 'a:1'}}, locale: fr_FR}"})
    assert [each.rule.code for each in report] == ["resolve/platform-out-of-place"]
    assert {"locale": "fr_FR"} in [layer.value for layer in stack.layers]


@pytest.mark.parametrize(("value", "speaks"), [("gold", True), ("silver", False)])
def test_a_layer_applies_only_if_its_when_holds(value: str, speaks: bool) -> None:  # noqa: FBT001 - a table
    settings = SETTINGS._replace(layers=(*LAYERS[1:], LAYERS[0]._replace(when={"tenant.tier": (value, "platinum")})))
    found, _ = stacked({"environments/defaults.yaml": "locale: en_GB"}, settings)
    assert ("environments/defaults.yaml" in [layer.file for layer in found.layers]) is speaks


@pytest.mark.parametrize(
    ("files", "facts", "code", "place"),
    [
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
            {"tenants/acme/tenant.toml": ""},
            FACTS,
            "read/two-files-for-one-name",
            Place("tenants/acme/tenant.toml"),
            id="two files for one name",
        ),
    ],
)
def test_a_mistake_is_reported_at_its_place(
    files: dict[str, str], facts: dict[str, tuple[str, ...]], code: str, place: Place
) -> None:
    _, report = stacked(files, facts=facts)
    assert [(each.rule.code, each.place) for each in report] == [(code, place)]


@pytest.mark.parametrize(("other", "is_suggested"), [("search", True), ("check-out", False)])
def test_a_suggested_name_is_not_that_of_another_file(other: str, *, is_suggested: bool) -> None:
    _, report = stacked({f"tenants/acme/services/{name}.yaml": "{}" for name in ("Check_out", other)})
    assert [each.hint.endswith("such as `check-out`") for each in report] == [is_suggested]


def test_a_suggested_name_for_a_fact_may_be_that_of_a_file() -> None:
    _, report = stacked({"environments/tiers/gold.yaml": "{}"}, facts=FACTS | {"tenant.tier": ("Gold",)})
    assert [each.hint.endswith("such as `gold`") for each in report] == [True]


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
