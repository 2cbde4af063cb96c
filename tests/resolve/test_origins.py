from tests.resolve.repository import FACTS, LAYERS, SETTINGS, read
from varve.model.diagnostic import Place, Report
from varve.resolve.origins import Stacking, fact, layer


def test_the_place_of_a_fact_is_in_the_strongest_file_that_sets_it() -> None:
    files = {
        "varve.yaml": "{environments: [staging, production], layers: []}",
        "tenants/acme/tenant.yaml": "tenant: {tier: gold, region: eu}",
        "environments/tenants/acme.yaml": "tenant: {tier: silver}",
    }
    report = Report()
    stacking = Stacking(SETTINGS, read(files, report), FACTS, report)
    assert fact("tenant.tier", stacking) == Place("environments/tenants/acme.yaml", ("tenant", "tier"))
    assert fact("tenant.region", stacking) == Place("tenants/acme/tenant.yaml", ("tenant", "region"))
    assert fact("environment", stacking) == Place("varve.yaml", ("environments", 1))


def test_the_place_of_a_layer_is_in_the_settings() -> None:
    report = Report()
    text = "layers: [{name: other, path: x}, {name: defaults, path: environments/defaults}]"
    stacking = Stacking(SETTINGS, read({"varve.yaml": text}, report), FACTS, report)
    assert layer(LAYERS[0], stacking) == Place("varve.yaml", ("layers", 1, "path"))
    assert layer(LAYERS[1], stacking) == Place("varve.yaml", ("layers",))
