"""A tenant's tests of its routes are run on its tree, and a failing one shows what happens."""

from typing import Any

import pytest

from tests.emit.alertmanager.notifying import task
from varve.check.notify.case import Case
from varve.emit.alertmanager import route
from varve.link.routing import read_own
from varve.link.routing.trial import Trial, try_cases
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.unit import Environment

NOTIFY = """\
notify:
  receivers:
    one: {email: {to: [one@acme.example]}}
    two: {email: {to: [two@acme.example]}}
  routes:
    critical: {receivers: [one, two]}
    warning: {receivers: [two]}
"""
ENVIRONMENT = Environment("production", {"external_labels": {"cluster": "eu-1", "a": "z"}}, Stack(()))
INHIBITION = {"source_matchers": ["a=b"], "target_matchers": ["c=d"], "equal": ["tenant"]}
FAILS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "as it is, in any order": ({"labels": {"severity": "critical"}, "expect": ["two", "one"]}, []),
    "the platform": ({"labels": {"severity": "none"}, "expect": ["platform"]}, []),
    "one too few": (
        {"labels": {"severity": "critical"}, "expect": ["one"]},
        ["`production` notifies `one` and `two` but `one` is expected"],
    ),
    "nobody": (
        {"labels": {"severity": "warning"}, "expect": []},
        ["`production` notifies `two` but nobody is expected"],
    ),
    "muted": (
        {"labels": {"severity": "warning"}, "at": "2026-11-21T03:00", "expect": ["two"], "muted": ["one"]},
        ["`production` mutes nobody but `one` is expected"],
    ),
    "inhibited": (
        {"labels": {"c": "d"}, "firing": [{"a": "b"}], "expect": ["platform"], "inhibited": False},
        ['`production` inhibits the alert, because of `{a="b", cluster="eu-1"}` but the case expects the opposite'],
    ),
    "not inhibited": (
        {"labels": {"c": "d"}, "firing": [{"a": "c"}], "expect": ["platform"], "inhibited": True},
        ["`production` does not inhibit the alert but the case expects the opposite"],
    ),
    "inhibited, which the case does not mention": (
        {"labels": {"c": "d"}, "firing": [{"a": "b"}], "expect": ["platform"]},
        [],
    ),
}


def tried(case: dict[str, Any], *, routes: bool = True, notify: str = NOTIFY) -> Report:
    made, report = task(notify), Report()
    file: Any = {"route": {"receiver": "platform", "routes": [route.node(made)]}, "inhibit_rules": [INHIBITION]}
    trial = Trial(made.unit, ENVIRONMENT, read_own(file) if routes else None, "tenants/acme/tests/routes.yaml", report)
    try_cases(trial, [Case(("cases", 0), case)])
    return report


@pytest.mark.parametrize(("case", "messages"), FAILS.values(), ids=FAILS)
def test_a_case_holds_or_fails(case: dict[str, Any], messages: list[str]) -> None:
    assert [each.message for each in tried(case)] == messages


def test_matching_routes_are_shown_at_their_places() -> None:
    (diagnostic,) = tried({"labels": {"severity": "critical"}, "expect": []})
    assert diagnostic.place is not None
    assert (diagnostic.place.file, diagnostic.place.keys) == ("tenants/acme/tests/routes.yaml", ("cases", 0, "expect"))
    assert [(each.message, each.place.keys if each.place else None) for each in diagnostic.notes] == [
        (f'`{name}` by `severity="critical", alertname!="Escalated"`', ("notify", "routes", "critical"))
        for name in ("one", "two")
    ]


def test_a_note_says_that_no_route_matches() -> None:
    (diagnostic,) = tried({"labels": {}, "expect": ["one"]})
    assert [(each.message, each.place) for each in diagnostic.notes] == [
        ("no route matches the alert, so `platform` is notified", None)
    ]


def test_a_route_without_matchers_is_shown_as_matching_every_alert() -> None:
    notify = NOTIFY.replace("critical: {", "all: {match: [], ")
    (diagnostic,) = tried({"labels": {}, "expect": []}, notify=notify)
    assert [each.message for each in diagnostic.notes] == [
        f"`{name}` by a route that matches every alert" for name in ("one", "two")
    ]


@pytest.mark.parametrize(("expect", "count"), [([], 0), (["platform"], 1)])
def test_without_an_alertmanager_nobody_is_notified(expect: list[str], count: int) -> None:
    messages = [each.message for each in tried({"labels": {}, "environments": "x", "expect": expect}, routes=False)]
    assert messages == ["`production` has no Alertmanager and notifies nobody"] * count
