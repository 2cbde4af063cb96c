"""Tests of routes have a valid shape, and refer to environments that are built and receivers that exist."""

from typing import Any

import pytest

from tests.emit.alertmanager.notifying import task
from tests.workbench import snapshot
from varve.check.notify import case
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.source import Document
from varve.model.unit import Environment
from varve.read.reading import reading

FILE = "tenants/acme/tests/routes.yaml"
NOTIFY = "notify: {receivers: {one: {email: {to: [one@acme.example]}}}}\n"
CASE_FILES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "only the required keys": ({"labels": {}, "expect": []}, []),
    "all keys": (
        {
            "name": "n",
            "labels": {"a": "b"},
            "environments": ["staging", "production"],
            "inhibited": True,
            "at": "2026-11-21T03:00",
            "firing": [{"a": "c"}],
            "expect": ["one"],
            "muted": [],
        },
        [],
    ),
    "an unknown environment": (
        {"labels": {}, "environments": "stagin", "expect": []},
        ["check/unknown-tested-environment: there is no environment `stagin`"],
    ),
    "an unknown environment in a list": (
        {"labels": {}, "environments": ["production", "moon"], "expect": []},
        ["check/unknown-tested-environment: there is no environment `moon`"],
    ),
    "muted without a time": (
        {"labels": {}, "expect": [], "muted": []},
        ["check/muted-without-time: `muted` is set but `at` is not"],
    ),
    "a receiver twice": (
        {"labels": {}, "expect": ["one", "one"]},
        ["check/repeated-item: `cases[0].expect` lists `one` twice"],
    ),
}


@pytest.mark.parametrize(("value", "messages"), CASE_FILES.values(), ids=CASE_FILES)
def test_a_file_is_valid_or_its_mistakes_are_reported(value: dict[str, Any], messages: list[str]) -> None:
    view = reading(snapshot({}), Report())
    judged = dict[str, tuple[bool, Report]]()
    for _ in range(2):
        assert case.is_sound(Document(FILE, {"cases": [value]}), ("staging", "production"), view, judged) is not bool(
            messages
        )
    assert [f"{each.rule.code}: {each.message}" for each in view.report] == messages


def test_a_file_that_cannot_be_read_is_not_valid() -> None:
    assert not case.is_sound(Document(FILE, None), (), reading(snapshot({}), Report()), {})


CASES: dict[str, tuple[str, dict[str, Any], list[int]]] = {
    "an environment with an Alertmanager": ("production", {"alertmanager": {}}, [0, 1, 2]),
    "another one": ("staging", {"alertmanager": {}}, [0, 2]),
    "an environment without an Alertmanager": ("staging", {"prometheus": {}}, [2]),
}


@pytest.mark.parametrize(("name", "targets", "indexes"), CASES.values(), ids=CASES)
def test_cases_apply_to_their_environments(name: str, targets: dict[str, Any], indexes: list[int]) -> None:
    cases: list[Any] = [{}, {"environments": "production"}, {"environments": ["production", "staging"]}]
    environment = Environment(name, {"targets": targets}, Stack(()))
    found = case.cases(Document(FILE, {"cases": cases}), environment)
    assert [each.at for each in found] == [("cases", index) for index in indexes]


def test_cases_may_expect_receivers_of_the_unit_and_the_platform() -> None:
    report = Report()
    value: Any = {"expect": ["one", "platform", "on"], "muted": ["two"]}
    case.check(task(NOTIFY).unit, FILE, [case.Case(("cases", 3), value)], report)
    assert [(each.message, each.place.keys if each.place else None, each.hint) for each in report] == [
        ("`production` has no receiver `on`", ("cases", 3, "expect", 2), "did you mean `one`?"),
        ("`production` has no receiver `two`", ("cases", 3, "muted", 0), "name one of one, platform"),
    ]
