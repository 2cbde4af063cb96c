"""A route has receivers and hours that exist, matches its own tenant's alerts, and has an unambiguous order."""

from functools import reduce
from time import process_time
from typing import Any, cast

import pytest

from tests.emit.alertmanager.notifying import findings, task
from varve.check.notify import route
from varve.check.shape import schema
from varve.check.shape.locate import in_stack
from varve.model.diagnostic import Report
from varve.model.source import Keys, Map

NOTIFY = """\
notify:
  receivers:
    one: {email: {to: [one@acme.example]}}
    two: {email: {to: [two@acme.example]}}
  hours:
    business: {from: "09:00", to: "18:00"}
    night: {from: "22:00", to: "06:00"}
  routes:
"""
ROUTES: dict[str, tuple[str, list[str]]] = {
    "severities": ("critical: {receivers: [one]}\n    warning: {receivers: [two]}", []),
    "a severity with a match of its own": ("critical: {match: 'a=\"1\"', receivers: [one]}", []),
    "an unknown receiver": (
        "critical: {receivers: [one, three]}",
        ["check/unknown-receiver: there is no receiver `three`"],
    ),
    "unknown hours": (
        "critical: {receivers: [one], hours: lunch, mute: [night, dinner]}",
        [
            "check/unknown-hours: there are no hours named `lunch`",
            "check/unknown-hours: there are no hours named `dinner`",
        ],
    ),
    "a name that is not a severity": (
        "major: {receivers: [one]}",
        ["check/route-without-match: `major` is not a severity and has no `match`"],
    ),
    "a match of another tenant": (
        "all: {match: 'tenant=~\".+\"', receivers: [one]}",
        ["check/written-matcher: a route cannot match `tenant`, because every route already matches its own tenant"],
    ),
    "a match of escalations": (
        "all: {match: ['escalation!=\"\"', 'escalation!=\"x\"'], receivers: [one]}",
        ["check/written-matcher: a route cannot match `escalation`, because escalations have their own routes"],
    ),
    "a match that excludes itself": (
        "none: {match: ['a=\"1\"', 'a!=\"1\"'], receivers: [one]}",
        ["check/route-matches-nothing: no alert can match `none`"],
    ),
    "two of one order that overlap": (
        "zeta: {match: 'a=\"1\"', receivers: [one]}\n    alpha: {match: 'b=\"1\"', receivers: [one]}",
        ["check/overlapping-routes: `alpha` and `zeta` can match the same alert but both have the order 0"],
    ),
    "two of one order that are disjoint": (
        "zeta: {match: 'a=\"1\"', receivers: [one]}\n    alpha: {match: 'a=\"2\"', receivers: [one]}",
        [],
    ),
    "two of one order, of which the first continues": (
        "zeta: {match: 'a=\"1\"', receivers: [one]}\n    alpha: {match: 'b=\"1\"', receivers: [one], continue: true}",
        [],
    ),
    "two of one order, of which the second continues": (
        "zeta: {match: 'a=\"1\"', receivers: [one], continue: true}\n    alpha: {match: 'b=\"1\"', receivers: [one]}",
        ["check/overlapping-routes: `alpha` and `zeta` can match the same alert but both have the order 0"],
    ),
    "two orders": (
        "zeta: {match: 'a=\"1\"', receivers: [one]}\n    alpha: {match: 'b=\"1\"', receivers: [one], order: -1}",
        [],
    ),
}


@pytest.mark.parametrize(("routes", "expected"), ROUTES.values(), ids=ROUTES)
def test_routes(routes: str, expected: list[str]) -> None:
    made = task(f"{NOTIFY}    {routes}\n")
    route.check(made.unit, made.report)
    assert findings(made) == expected


HINTS: dict[str, tuple[str, str]] = {
    "nearly a severity": ("warnign: {receivers: [one]}", "did you mean `warning`?"),
    "no severity": ("major: {receivers: [one]}", "set `match`, or name it `critical`, `warning` or `info`"),
    "nearly a receiver": ("info: {receivers: [tow]}", "did you mean `two`?"),
    "no receiver": ("info: {receivers: [everybody]}", "name one of one, two"),
    "nearly hours": ("info: {receivers: [one], mute: nigth}", "did you mean `night`?"),
    "no hours": ("info: {receivers: [one], mute: holidays}", "define them under `notify.hours`"),
}


@pytest.mark.parametrize(("routes", "hint"), HINTS.values(), ids=HINTS)
def test_hints(routes: str, hint: str) -> None:
    made = task(f"{NOTIFY}    {routes}\n")
    route.check(made.unit, made.report)
    assert [each.hint for each in made.report] == [hint]


def test_the_hint_without_any_receivers() -> None:
    made = task("notify: {escalation: [{severity: info, after: 1h, receivers: [one]}]}")
    route.check(made.unit, made.report)
    assert [each.hint for each in made.report] == ["define it under `notify.receivers`"]


def test_matchers_up_to_the_limit_are_checked_and_longer_ones_are_refused() -> None:
    values = "|".join(f"s{count:04}" for count in range(681))
    longest, longer = f'service=~"{values}"', f'service=~"{values}|"'
    many = ",".join(f'label{count}="a"' for count in range(41))
    expectations = [
        (longer, ["check/long-match: `all` has matchers of 4097 characters"]),
        (longest, []),
        (many, ["check/long-match: `all` has 41 matchers"]),
    ]
    for text, expected in expectations:
        made = task(f"{NOTIFY}    all: {{match: '{text}', receivers: [one]}}\n")
        route.check(made.unit, made.report)
        assert findings(made) == expected


def test_the_maximum_number_of_routes_is_compared_quickly() -> None:
    listed = "|".join(f"a{count:03}" for count in range(800))
    texts = [
        *(f'label{count}="a",service=~"{listed}"' for count in range(50)),
        *(f'label{count}="b",service=~"[b-z].+{count}"' for count in range(50)),
    ]
    routes = "".join(
        f"    r{count}: {{match: '{text}', receivers: [one], continue: {str(count % 50 > 25).lower()}}}\n"
        for count, text in enumerate(texts)
    )
    made = task(f"{NOTIFY}{routes}")
    begun = process_time()
    route.check(made.unit, made.report)
    assert process_time() - begun < 8


MOST: dict[str, tuple[Keys, int]] = {
    "routes": (("notify", "routes"), 100),
    "receivers": (("notify", "receivers"), 100),
    "hours": (("notify", "hours"), 100),
    "users": (("users",), 1000),
    "quiet hours of a user": (("users", "alice", "quiet"), 20),
}


@pytest.mark.parametrize(("keys", "most"), MOST.values(), ids=MOST)
def test_the_numbers_of_entries_are_limited(keys: Keys, most: int) -> None:
    alice: Map = {"name": "Alice", "email": "alice@acme.example", "quiet": {"night": {"from": "22:00"}}}
    made = task(f"{NOTIFY}    critical: {{receivers: [one]}}\n")
    value: Map = {**made.unit.value, "users": {"alice": alice}}
    parent = reduce(lambda each, key: each[key], keys, cast("Any", value))
    (one, *_) = parent.values()
    for count, fits in ((most, True), (most + 1, False)):
        parent.clear()
        parent.update({f"x{number}": one for number in range(count)})
        assert schema.check("unit", value, in_stack(made.unit.stack), Report()) is fits
