import pytest

from tests.resolve.repository import FACTS, LAYERS, SETTINGS, stacked
from varve.model.diagnostic import Place


def test_a_layer_contradicts_a_fact() -> None:
    _, report = stacked({"environments/production.yaml": "tenant: {tier: silver}", "tenants/acme/tenant.yaml": ""})
    assert [(each.rule.code, each.place) for each in report] == [
        ("resolve/changed-fact", Place("environments/production.yaml", ("tenant", "tier")))
    ]


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
def test_a_layer_may_repeat_a_fact(files: dict[str, str]) -> None:
    _, report = stacked(files)
    assert not len(report)


@pytest.mark.parametrize(("text", "codes"), [("soc2", ["resolve/changed-fact"]), ("gdpr", [])])
def test_a_layer_may_add_a_value_to_a_list_fact_that_selects_no_layer(text: str, codes: list[str]) -> None:
    waiting = LAYERS[0]._replace(name="audit", path="environments/audit", when={"tenant.compliance": ("soc2",)})
    files = {"environments/production.yaml": f"tenant: {{compliance: [{text}]}}"}
    facts = FACTS | {"tenant.compliance": ("hipaa", "pci")}
    _, report = stacked(files, SETTINGS._replace(layers=(*LAYERS, waiting)), facts)
    assert [each.rule.code for each in report] == codes


@pytest.mark.parametrize(("text", "messages"), [("soc2", 1), ("gdpr", 0)])
def test_a_layer_may_not_set_a_selecting_fact_that_no_file_of_facts_sets(text: str, messages: int) -> None:
    waiting = LAYERS[0]._replace(name="audit", path="environments/audit", when={"tenant.compliance": ("soc2",)})
    files = {"environments/production.yaml": f"tenant: {{compliance: [{text}]}}"}
    facts = {name: texts for name, texts in FACTS.items() if name != "tenant.compliance"}
    _, report = stacked(files, SETTINGS._replace(layers=(*LAYERS, waiting)), facts)
    shown = [each.message for each in report]
    assert shown == ["`tenant.compliance` is not set where layers are selected, but `soc2` here"] * messages
