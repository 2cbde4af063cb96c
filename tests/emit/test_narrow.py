"""Work on a part of a unit is done once for all environments with an equal part, and sees nothing else."""

from tests.emit.alertmanager.notifying import task
from varve.emit import narrow
from varve.emit.kit import Task
from varve.model.diagnostic import Rule
from varve.model.source import Map
from varve.model.unit import Unit


def elsewhere(made: Task, tenant: str = "acme", **platform: str) -> Task:
    """The same unit in another environment, whose platform has more settings."""
    environment = made.environment._replace(name="elsewhere", platform={**made.environment.platform, **platform})
    return made._replace(unit=made.unit._replace(unit=Unit(tenant, "elsewhere")), environment=environment)


def times(tasks: list[Task], values: list[Map], platform: tuple[str, ...]) -> int:
    """How often a result is made for these tasks."""
    made = list[Task]()
    for each, value in zip(tasks, values, strict=True):
        narrow.once(each, value, platform, "a", made.append)
    return len(made)


def test_equal_parts_share_one_result_and_others_have_their_own() -> None:
    here = task()
    there, other = elsewhere(here), elsewhere(here, locale="fr_FR")
    one: Map = {"a": 1}
    assert times([here, there, other], [one, {"a": 1}, one], ("targets", "smtp")) == 1
    assert times([here, there], [one, {"a": True}], ("secrets",)) == len(("1", "true"))
    assert times([here, there, other], [one] * 3, ("targets", "locale")) == len(("en_GB", "fr_FR"))


def test_tenants_never_share_results() -> None:
    here = task()
    tasks = [here, elsewhere(here, "globex"), here]
    assert [narrow.once(each, {}, (), "a", lambda task: task.unit.unit.tenant) for each in tasks] == [
        "acme",
        "globex",
        "acme",
    ]


def test_results_for_all_tenants_are_made_once_from_an_empty_task() -> None:
    kit, made = task().kit, list[Task]()
    for _ in range(2):
        narrow.for_all(kit, "b", made.append)
    [only] = made
    assert (only.unit.unit, only.unit.value, only.environment.platform) == (Unit("", ""), {}, {})
    assert only.kit is kit


def test_a_result_with_diagnostics_is_dropped() -> None:
    here = task()
    assert narrow.quietly(lambda known: known.kit, here) is here.kit
    here.report.add(Rule("emit/x", "X", "X."), "x")
    assert narrow.quietly(lambda known: known.kit, here) is None


def test_a_narrowed_task_has_only_its_parts() -> None:
    here = task()
    found = narrow.once(here, {"a": 1}, ("targets", "none"), "a", lambda task: task)
    assert found.unit.unit == Unit("acme", "")
    assert (found.unit.value, found.unit.stack.layers, found.unit.vendor) == ({"a": 1}, (), {})
    assert found.environment.platform == {"targets": here.environment.platform["targets"]}
    assert (found.environment.name, found.environment.stack.layers) == ("", ())
    assert found.report is not here.report
