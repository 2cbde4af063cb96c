"""The unit tests of the packs' rules, for `promtool test rules`."""

from typing import Final, cast

from varve.emit.kit import Task
from varve.emit.pack import Use, use_keys, uses
from varve.emit.prometheus.field import TESTS, TESTS_SHAPE
from varve.emit.shape import checked
from varve.language.time import duration
from varve.model.source import Map, Value

_INTERVAL: Final = "1m"


_MINUTE: Final = 60_000
_LONGEST: Final = 60 * _MINUTE
_MARGIN: Final = 10
"""The most series or alerts that a rule is assumed to make from one series."""


def of_service(task: Task, service: str) -> Map:
    """The test file of a service's packs; empty if there is none.

    The tests come from the packs, so they are left out if the service sets what no pack can know: a `limit` that the
    results of a test may come near, or a `query_offset` that is longer than an hour or not a whole number of minutes.
    """
    value = cast("dict[str, Map]", task.unit.value["services"])[service]
    offset = duration.lasts(cast("str", value.get("query_offset", "0")))
    if offset > _LONGEST or offset % _MINUTE:
        return {}
    file = _file(task, service, service)
    tests = cast("list[Map]", file.get("tests", []))
    if "limit" in value and cast("int", value["limit"]) < _MARGIN * _series(tests):
        return {}
    return {**file, "tests": [_prolonged(test, offset) for test in tests]} if tests and offset else file


def _series(tests: list[Map]) -> int:
    """How many series the largest of some tests has, plus one that a rule may make from none."""
    return 1 + max((len(cast("list[Value]", each.get("input_series") or [])) for each in tests), default=0)


def of_tenant(task: Task, file: str) -> Map:
    """The test file of the packs that apply to the tenant; empty if there is none."""
    return _file(task, file, "")


def _file(task: Task, file: str, service: str) -> Map:
    tests = [test for use in uses(task, service or None) for test in _tests(task, use, service)]
    return {"rule_files": [f"../rules/{file}.yaml"], "evaluation_interval": _INTERVAL, "tests": tests} if tests else {}


def _prolonged(test: Map, offset: int) -> Map:
    """A test that runs long enough for rules that look back by `offset` to see all that it checks."""
    checks = cast("list[dict[str, str]]", test.get("promql_expr_test") or [])
    last = max((duration.lasts(each.get("eval_time", "0")) for each in checks), default=0)
    zero: Map = {"labels": "{}", "value": 0}
    end: Map = {"expr": "vector(0)", "eval_time": duration.text(last + offset), "exp_samples": [zero]}
    return {**test, "promql_expr_test": cast("list[Value]", [*checks, end])} if checks else test


def _tests(task: Task, use: Use, service: str) -> list[Value]:
    template = f"{use.pack.folder}/tests.yaml.j2"
    if template not in task.kit.engine.templates:
        return []
    value = task.render(template, use.context, TESTS, use_keys(use, service))
    return cast("list[Value]", checked(value, TESTS_SHAPE, template, task.report).get("tests") or [])
