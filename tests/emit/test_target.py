"""Every target is one that the platform can name, and no two write to the same path."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pytest

from benchmarks import repository
from tests.emit.alertmanager.notifying import notifying
from tests.emit.repository import ACME, task
from tests.test_example import sources as example
from tests.workbench import snapshot
from varve import pipeline
from varve.check.shape import kind
from varve.emit.kit import Task
from varve.emit.target import TARGETS
from varve.model.diagnostic import Report
from varve.model.source import Source
from varve.model.unit import Unit
from varve.read import artifact

GRAFANA: Final = (
    '{url: "https://grafana.example", dashboards: /var/lib/dashboards, '
    'datasources: {logical: {url: "https://prometheus.example"}}}'
)
ALL: Final = '{prometheus: {version: "3.5"}, alertmanager: {version: "0.34"}, grafana: {version: "13.0"}}'


def test_every_target_is_one_that_the_platform_can_name() -> None:
    assert kind.written("platform")["properties"]["targets"]["properties"].keys() == TARGETS.keys()  # type: ignore[index, call-overload, union-attr]


def test_targets_emit_below_the_folder_of_the_unit_and_each_into_files_of_its_own() -> None:
    production = {"environments/production.yaml": f"platform: {{targets: {ALL}}}\n"}
    made = task({**notifying(more={"grafana": GRAFANA}), **production})
    paths = {name: {artifact.path for each in those for artifact in each(made)} for name, those in TARGETS.items()}
    assert not list(made.report)
    assert all(path.startswith(f"{ACME}/") for those in paths.values() for path in those)
    assert all(paths.values())
    assert len(set().union(*paths.values())) == sum(map(len, paths.values()))


def _tasks(sources: Mapping[str, bytes]) -> Iterator[Task]:
    """Every unit of a repository, ready to be emitted."""
    report = Report()
    opened = pipeline.open_repository(snapshot(sources), report)
    assert opened is not None
    for name in opened.settings.environments:
        environment = pipeline.resolve_environment(opened, name, report)
        assert environment is not None
        units = (pipeline.resolve_unit(opened, Unit(tenant, name), report) for tenant in opened.tenants)
        yield from (Task(unit, environment, opened.kit, report) for unit in units if unit is not None)


def _typed(value: object) -> object:
    """`value` in a form that is only equal for equal types, in whatever order the keys are."""
    match value:
        case dict():
            return type(value), {(type(key), key): _typed(each) for key, each in value.items()}
        case list():
            return type(value), [_typed(each) for each in value]
        case _:
            return type(value), value


def _generated() -> dict[str, bytes]:
    """The repository that the benchmarks measure."""
    return {path: text.encode() for path, text in repository.files(3, repository.FULL)}


@pytest.mark.parametrize("sources", [example, _generated], ids=["the example", "what the benchmarks measure"])
def test_the_value_of_an_artifact_equals_its_parsed_bytes(sources: Callable[[], dict[str, bytes]]) -> None:
    made = [each for task in _tasks(sources()) for those in TARGETS.values() for one in those for each in one(task)]
    for each in made:
        read = artifact.read(Source(each.path, "", each.data), Report())
        assert _typed(each.value) == _typed(read), each.path
