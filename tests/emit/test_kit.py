from tests.emit.repository import task
from varve.model.unit import Unit


def test_a_task_knows_the_folder_of_its_artifacts() -> None:
    assert task({}, Unit("acme", "staging")).folder == "build/staging/tenants/acme"


def test_a_kit_holds_the_templates_and_packs_of_the_snapshot() -> None:
    kit = task({}).kit
    assert {"http-service", "host", "slo", "blackbox-http", "tenant"} <= kit.packs.keys()
    assert all(f"{pack.folder}/rules.yaml.j2" in kit.engine.templates for pack in kit.packs.values())
