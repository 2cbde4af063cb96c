"""The unit tests of the packs' rules, as `promtool test rules` runs them."""

from typing import Final, cast

from varve.emit.kit import Task
from varve.emit.pack import Use, asked, uses
from varve.emit.prometheus.field import TESTS, TESTS_SHAPE
from varve.emit.shape import checked
from varve.model.source import Map, Value

_INTERVAL: Final = "1m"


def of_service(task: Task, service: str) -> Map:
    """The test file of a service's packs, or nothing."""
    return _file(task, service, service)


def of_tenant(task: Task, file: str) -> Map:
    """The test file of the packs that apply to the tenant, or nothing."""
    return _file(task, file, "")


def _file(task: Task, file: str, service: str) -> Map:
    tests = [test for use in uses(task, service or None) for test in _tests(task, use, service)]
    return {"rule_files": [f"../rules/{file}.yaml"], "evaluation_interval": _INTERVAL, "tests": tests} if tests else {}


def _tests(task: Task, use: Use, service: str) -> list[Value]:
    template = f"{use.pack.folder}/tests.yaml.j2"
    if template not in task.kit.engine.templates:
        return []
    value = task.render(template, use.context, TESTS, asked(use, service))
    return cast("list[Value]", checked(value, TESTS_SHAPE, template, task.report).get("tests") or [])
