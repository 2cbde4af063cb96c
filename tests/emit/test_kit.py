from tests.emit.repository import CHECKOUT, pack, task
from varve.model.diagnostic import Place
from varve.model.unit import Unit


def test_a_task_knows_the_folder_of_its_artifacts() -> None:
    assert task({}, Unit("acme", "staging")).folder == "build/staging/tenants/acme"


def test_a_kit_holds_the_templates_and_packs_of_the_snapshot() -> None:
    kit = task({}).kit
    assert {"http-service", "host", "slo", "blackbox-http", "tenant"} <= kit.packs.keys()
    assert all(f"{pack.folder}/rules.yaml.j2" in kit.engine.templates for pack in kit.packs.values())


def test_what_a_unit_is_at_fault_for_is_said_with_where_it_asked_for_the_template() -> None:
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


def test_what_a_template_is_at_fault_for_is_said_without() -> None:
    asking = task(pack("rules: {{ nothing }}\n"))
    asking.render("templates/packs/mine/rules.yaml.j2", {}, {}, ("services", "checkout"))
    assert [each.notes for each in asking.report] == [()]


def test_what_there_is_only_once_is_rendered_the_same_and_not_remembered() -> None:
    asking = task({**pack("rules: [{record: 'a:b', expr: 'up > {{ x }}'}]\n"), CHECKOUT: "packs: {mine: {}}\n"})
    path, at = "templates/packs/mine/rules.yaml.j2", ("services", "checkout", "packs", "mine")
    first, second = (asking.render_anew(path, {"x": 5}, {}, at) for _ in range(2))
    assert first == second == asking.render(path, {"x": 5}, {}, at)
    assert first is not second
    assert asking.render(path, {"x": 5}, {}, at) is asking.render(path, {"x": 5}, {}, at)
    assert asking.render_anew(path, {"x": None}, {}, at) is None
    (said,) = asking.report
    assert [note.place for note in said.notes] == [Place(CHECKOUT, ("packs", "mine"))]
