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
    acme = task(changed)
    at = ("services", "checkout", "packs", "mine")
    assert acme.render("templates/packs/mine/rules.yaml.j2", {"x": 5}, {}, at) == {
        "rules": [{"record": "a:b", "expr": "up > 5"}]
    }
    assert not list(acme.report)
    assert acme.render("templates/packs/mine/rules.yaml.j2", {"x": None}, {}, at) is None
    (diagnostic,) = acme.report
    assert diagnostic.rule.code == "emit/null-in-text"
    assert [note.place for note in diagnostic.notes] == [Place(CHECKOUT, ("packs", "mine"))]


def test_a_mistake_of_a_template_is_reported_without_such_a_place() -> None:
    acme = task(pack("rules: {{ nothing }}\n"))
    acme.render("templates/packs/mine/rules.yaml.j2", {}, {}, ("services", "checkout"))
    assert [each.notes for each in acme.report] == [()]


def test_rendering_anew_gives_the_same_and_is_not_cached() -> None:
    acme = task({**pack("rules: [{record: 'a:b', expr: 'up > {{ x }}'}]\n"), CHECKOUT: "packs: {mine: {}}\n"})
    path, at = "templates/packs/mine/rules.yaml.j2", ("services", "checkout", "packs", "mine")
    first, second = (acme.render_anew(path, {"x": 5}, {}, at) for _ in range(2))
    assert first == second == acme.render(path, {"x": 5}, {}, at)
    assert first is not second
    assert acme.render(path, {"x": 5}, {}, at) is acme.render(path, {"x": 5}, {}, at)
    assert acme.render_anew(path, {"x": None}, {}, at) is None
    (diagnostic,) = acme.report
    assert [note.place for note in diagnostic.notes] == [Place(CHECKOUT, ("packs", "mine"))]
