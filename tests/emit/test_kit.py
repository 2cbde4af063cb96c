from tests.emit.repository import CHECKOUT, pack, task
from varve.model.diagnostic import Place
from varve.model.unit import Unit


def test_a_task_knows_the_folder_of_its_artifacts() -> None:
    assert task({}, Unit("acme", "staging")).folder == "build/staging/tenants/acme"


def test_a_kit_holds_the_templates_and_packs_of_the_snapshot() -> None:
    kit = task({}).kit
    assert {"http-service", "host", "slo", "blackbox-http", "tenant"} <= kit.packs.keys()
    assert all(f"{pack.folder}/rules.yaml.j2" in kit.engine.templates for pack in kit.packs.values())


def test_a_wrong_value_is_reported_with_the_place_that_uses_the_template() -> None:
    changed = {**pack("rules: [{record: 'a:b', expr: 'up > {{ x }}'}]\n"), CHECKOUT: "packs: {mine: {}}\n"}
    asking = task(changed)
    at = ("services", "checkout", "packs", "mine")
    assert asking.render("templates/packs/mine/rules.yaml.j2", {"x": 5}, {}, at) == {
        "rules": [{"record": "a:b", "expr": "up > 5"}]
    }
    assert not list(asking.report)
    assert asking.render("templates/packs/mine/rules.yaml.j2", {"x": None}, {}, at) is None
    (said,) = asking.report
    assert said.rule.code == "emit/null-in-text"
    assert [note.place for note in said.notes] == [Place(CHECKOUT, ("packs", "mine"))]


def test_a_mistake_of_a_template_is_reported_without_such_a_place() -> None:
    asking = task(pack("rules: {{ nothing }}\n"))
    asking.render("templates/packs/mine/rules.yaml.j2", {}, {}, ("services", "checkout"))
    assert [each.notes for each in asking.report] == [()]


def test_rendering_anew_gives_the_same_and_is_not_cached() -> None:
    asking = task({**pack("rules: [{record: 'a:b', expr: 'up > {{ x }}'}]\n"), CHECKOUT: "packs: {mine: {}}\n"})
    path, at = "templates/packs/mine/rules.yaml.j2", ("services", "checkout", "packs", "mine")
    first, second = (asking.render_anew(path, {"x": 5}, {}, at) for _ in range(2))
    assert first == second == asking.render(path, {"x": 5}, {}, at)
    assert first is not second
    assert asking.render(path, {"x": 5}, {}, at) is asking.render(path, {"x": 5}, {}, at)
    assert asking.render_anew(path, {"x": None}, {}, at) is None
    (said,) = asking.report
    assert [note.place for note in said.notes] == [Place(CHECKOUT, ("packs", "mine"))]
