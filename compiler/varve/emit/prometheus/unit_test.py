"""The unit tests of the packs' rules, as `promtool test rules` runs them."""

from typing import Final, cast

from varve.emit.kit import Task
from varve.emit.pack import Use, asked, uses
from varve.emit.prometheus.field import TESTS, TESTS_SHAPE
from varve.emit.shape import checked
from varve.language.time import duration
from varve.model.source import Map, Value

_INTERVAL: Final = "1m"


_MINUTE: Final = 60_000
_LONGEST: Final = 60 * _MINUTE
_MARGIN: Final = 10
"""How many series or alerts a rule is thought to make of one series at most."""


def of_service(task: Task, service: str) -> Map:
    """The test file of a service's packs, or nothing.

    The tests are those of the packs, so there are none where the service says of its groups what no pack can know: a
    `limit` on what a rule may make that a test comes near to, or a `query_offset` that is longer than an hour or is no
    whole number of minutes.
    """
    value = cast("dict[str, Map]", task.unit.value["services"])[service]
    offset = duration.lasts(cast("str", value.get("query_offset", "0")))
    if offset > _LONGEST or offset % _MINUTE:
        return {}
    file = _file(task, service, service)
    said = cast("list[Map]", file.get("tests", []))
    if "limit" in value and cast("int", value["limit"]) < _MARGIN * _series(said):
        return {}
    return {**file, "tests": [_waiting(test, offset) for test in said]} if said and offset else file


def _series(tests: list[Map]) -> int:
    """How many series the largest of some tests has, with one that a rule may make of nothing."""
    return 1 + max((len(cast("list[Value]", each.get("input_series") or [])) for each in tests), default=0)


def of_tenant(task: Task, file: str) -> Map:
    """The test file of the packs that apply to the tenant, or nothing."""
    return _file(task, file, "")


def _file(task: Task, file: str, service: str) -> Map:
    tests = [test for use in uses(task, service or None) for test in _tests(task, use, service)]
    return {"rule_files": [f"../rules/{file}.yaml"], "evaluation_interval": _INTERVAL, "tests": tests} if tests else {}


def _waiting(test: Map, offset: int) -> Map:
    """A test that goes on until rules which look back by `offset` have seen all that it asks about."""
    asked = cast("list[dict[str, str]]", test.get("promql_expr_test") or [])
    last = max((duration.lasts(each.get("eval_time", "0")) for each in asked), default=0)
    zero: Map = {"labels": "{}", "value": 0}
    end: Map = {"expr": "vector(0)", "eval_time": duration.text(last + offset), "exp_samples": [zero]}
    return {**test, "promql_expr_test": cast("list[Value]", [*asked, end])} if asked else test


def _tests(task: Task, use: Use, service: str) -> list[Value]:
    template = f"{use.pack.folder}/tests.yaml.j2"
    if template not in task.kit.engine.templates:
        return []
    value = task.render(template, use.context, TESTS, asked(use, service))
    return cast("list[Value]", checked(value, TESTS_SHAPE, template, task.report).get("tests") or [])
