"""What is made of a part of a unit is made once for all environments that give the same part, and sees nothing else."""

from tests.emit.alertmanager.telling import task
from varve.emit import narrow
from varve.emit.kit import Task
from varve.model.diagnostic import Rule
from varve.model.source import Map
from varve.model.unit import Unit


def elsewhere(made: Task, tenant: str = "acme", **platform: str) -> Task:
    """The same unit in another environment, whose platform says more."""
    environment = made.environment._replace(name="elsewhere", platform={**made.environment.platform, **platform})
    return made._replace(unit=made.unit._replace(unit=Unit(tenant, "elsewhere")), environment=environment)


def times(tasks: list[Task], told: list[Map], platform: tuple[str, ...]) -> int:
    """How often something is made for these tasks."""
    made = list[Task]()
    for each, value in zip(tasks, told, strict=True):
        narrow.once(each, value, platform, "a", made.append)
    return len(made)


def test_it_is_made_once_where_the_same_is_told_and_again_where_anything_else_is() -> None:
    here = task()
    there, other = elsewhere(here), elsewhere(here, locale="fr_FR")
    one: Map = {"a": 1}
    assert times([here, there, other], [one, {"a": 1}, one], ("targets", "smtp")) == 1
    assert times([here, there], [one, {"a": True}], ("secrets",)) == len(("1", "true"))
    assert times([here, there, other], [one] * 3, ("targets", "locale")) == len(("en_GB", "fr_FR"))


def test_another_tenant_is_never_given_what_was_made_for_one() -> None:
    here = task()
    asked = [here, elsewhere(here, "globex"), here]
    assert [narrow.once(each, {}, (), "a", lambda task: task.unit.unit.tenant) for each in asked] == [
        "acme",
        "globex",
        "acme",
    ]


def test_what_is_no_tenants_is_made_once_for_all_and_sees_nothing() -> None:
    kit, made = task().kit, list[Task]()
    for _ in range(2):
        narrow.for_all(kit, "b", made.append)
    [only] = made
    assert (only.unit.unit, only.unit.value, only.environment.platform) == (Unit("", ""), {}, {})
    assert only.kit is kit


def test_what_reports_anything_gives_nothing() -> None:
    here = task()
    assert narrow.quietly(lambda known: known.kit, here) is here.kit
    here.report.say(Rule("emit/x", "X", "X."), "x")
    assert narrow.quietly(lambda known: known.kit, here) is None


def test_what_is_made_sees_the_parts_that_it_is_told_and_nothing_else() -> None:
    here = task()
    found = narrow.once(here, {"a": 1}, ("targets", "none"), "a", lambda task: task)
    assert found.unit.unit == Unit("acme", "")
    assert (found.unit.value, found.unit.stack.layers, found.unit.vendor) == ({"a": 1}, (), {})
    assert found.environment.platform == {"targets": here.environment.platform["targets"]}
    assert (found.environment.name, found.environment.stack.layers) == ("", ())
    assert found.report is not here.report
