import pytest

from tests.resolve.repository import FACTS, LAYERS, SETTINGS, stacked
from varve.model.diagnostic import Place


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
            id="a fact that nobody sets",
        ),
    ],
)
def test_a_mistake_is_reported_at_its_place(
    files: dict[str, str], facts: dict[str, tuple[str, ...]], code: str, place: Place
) -> None:
    _, report = stacked(files, facts=facts)
    assert [(each.rule.code, each.place) for each in report] == [(code, place)]


def test_a_missing_fact_is_reported_at_the_tenant_and_a_misspelt_one_in_the_settings() -> None:
    misspelt = LAYERS[1]._replace(path="environments/tiers/%{tenant.teir}")
    own = "set `tenant.tier` in the tenant's file"
    granted = f"{own} or, where it is locked, in the platform's `environments/tenants/acme.yaml`"
    for layers, file, hint in (
        (LAYERS, "tenants/acme/tenant.yaml", granted),
        (LAYERS[:-1], "tenants/acme/tenant.yaml", own),
        ((*LAYERS[:1], misspelt, *LAYERS[2:]), "varve.yaml", "did you mean `%{tenant.tier}`?"),
    ):
        facts = {fact: FACTS[fact] for fact in FACTS if fact != "tenant.tier" or misspelt in layers}
        _, report = stacked({"varve.yaml": "layers: []"}, SETTINGS._replace(layers=layers), facts)
        [diagnostic] = report
        assert (diagnostic.rule.code, diagnostic.place and diagnostic.place.file, diagnostic.hint) == (
            "resolve/unknown-fact",
            file,
            hint,
        )


def test_the_hint_names_the_grant_file_that_exists() -> None:
    facts = {fact: FACTS[fact] for fact in FACTS if fact != "tenant.tier"}
    _, report = stacked({"environments/tenants/acme.toml": "quotas = {series = 1}"}, facts=facts)
    [diagnostic] = report
    assert diagnostic.hint.endswith("in the platform's `environments/tenants/acme.toml`")


def test_an_optional_file_may_be_missing() -> None:
    _, report = stacked({})
    assert not len(report)
