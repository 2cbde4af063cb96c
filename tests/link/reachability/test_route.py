"""Routes that no alert can reach are reported, and those that no alert of today reaches."""

from itertools import product
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.link.reachability.reaching import alert, findings, overlay, reach
from varve.language.matcher import Matcher, matches
from varve.link.reachability import route

HIDDEN = "link/hidden-route: nothing reaches `{}`: {} everything first"
FOUND: dict[str, tuple[str, list[str]]] = {
    "two severities": ("critical: {receivers: [one]}, warning: {receivers: [one]}", []),
    "everything before": (
        "all: {match: [], receivers: [one]}, critical: {receivers: [two]}, warning: {receivers: [one]}",
        [HIDDEN.format("critical", "`all` takes"), HIDDEN.format("warning", "`all` takes")],
    ),
    "everything before, which continues": (
        "all: {match: [], receivers: [one], continue: true}, warning: {receivers: [one]}",
        [],
    ),
    "everything after": ("all: {match: [], receivers: [one], order: 200}, warning: {receivers: [one]}", []),
    "the same, wider": (
        "any: {match: 'severity=~\"critical|warning\"', receivers: [one]}, warning: {receivers: [one]}",
        [HIDDEN.format("warning", "`any` takes")],
    ),
    "the same, narrower": (
        "one: {match: ['severity=\"warning\"', 'team=\"a\"'], receivers: [one]}, warning: {receivers: [one]}",
        [],
    ),
    "two halves together": (
        (
            "t1: {match: 'team=\"a\"', receivers: [one], order: 1}, "
            "t2: {match: 'team!=\"a\"', receivers: [one], order: 2}, warning: {receivers: [two]}"
        ),
        [HIDDEN.format("warning", "`t1` and `t2` take")],
    ),
    "two halves of which one continues": (
        (
            "t1: {match: 'team=\"a\"', receivers: [one], order: 1, continue: true}, "
            "t2: {match: 'team!=\"a\"', receivers: [one], order: 2}, warning: {receivers: [two]}"
        ),
        [],
    ),
    "every alert has a name": (
        "named: {match: 'alertname!=\"\"', receivers: [one]}, warning: {receivers: [one]}",
        [HIDDEN.format("warning", "`named` takes")],
    ),
    "a pattern whose words are not known": (
        "some: {match: 'severity=~\"w.*\"', receivers: [one]}, warning: {receivers: [one]}",
        [HIDDEN.format("warning", "`some` takes")],
    ),
}


@pytest.mark.parametrize(("routes", "expected"), FOUND.values(), ids=FOUND)
@pytest.mark.parametrize("severity", ["critical", "warning"])
def test_routes_that_others_hide(routes: str, expected: list[str], severity: str) -> None:
    found = reach(overlay(routes), alert(severity))
    route.check(found)
    assert findings(found) == expected


def test_a_receiver_of_only_a_hidden_route_is_named() -> None:
    found = reach(overlay("all: {match: [], receivers: [one]}, critical: {receivers: [one, two]}"))
    route.check(found)
    (one,) = found.report
    assert one.place
    assert one.place.keys == ("notify", "routes", "critical")
    assert [(note.message, note.place and note.place.keys) for note in one.notes] == [
        ("this route comes first", ("notify", "routes", "all")),
        ("`two` receives nothing else", ("notify", "receivers", "two")),
    ]


MATCHER = st.builds(
    Matcher,
    st.sampled_from(["a", "b"]),
    st.sampled_from(["=", "!=", "=~", "!~"]),
    st.sampled_from(["", "x", "y", "x|y", ".*", "x.*"]),
)
LABELS = [dict(zip("ab", each, strict=True)) for each in product(["", "x", "y", "xy", "z"], repeat=2)]


@given(st.lists(st.tuples(st.lists(MATCHER, max_size=2), st.booleans()), min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_no_labels_reach_a_hidden_route(turns: list[tuple[list[Matcher], bool]]) -> None:
    marked = dict(route.hidden_routes(tuple(route.Filter(tuple(each), goes_on) for each, goes_on in turns)))
    for index in marked:
        before = [each for each, goes_on in turns[:index] if not goes_on]
        for labels in LABELS:
            assert not matches(turns[index][0], labels) or any(matches(each, labels) for each in before)


IDLE: dict[str, tuple[str, list[str]]] = {
    "an alert that there is": ("one: {match: 'alertname=\"Stuck\"', receivers: [one]}", []),
    "an alert that there is not": (
        "one: {match: 'alertname=~\"Stuk|Slow\"', receivers: [one]}",
        ["link/idle-route: no alert has the name `Slow` or `Stuk`, so nothing reaches `one`"],
    ),
    "one of several": ("one: {match: 'alertname=~\"Stuck|Slow\"', receivers: [one]}", []),
    "a severity without alerts": ("info: {receivers: [one]}", []),
    "a severity that there is not": (
        "one: {match: 'severity=\"page\"', receivers: [one]}",
        ["link/idle-route: no alert has the severity `page`, so nothing reaches `one`"],
    ),
    "a service": ("one: {match: ['service=\"checkout\"', 'severity=\"info\"'], receivers: [one]}", []),
    "a service that there is not": (
        "one: {match: 'service=\"ledger\"', receivers: [one]}",
        ["link/idle-route: no alert has the service `ledger`, so nothing reaches `one`"],
    ),
    "a service that is mistyped, which is reported elsewhere": (
        "one: {match: 'service=\"chekout\"', receivers: [one]}",
        [],
    ),
    "no service": ("one: {match: 'service=\"\"', receivers: [one]}", []),
    "another label": ("one: {match: 'device=\"sda\"', receivers: [one]}", []),
    "a pattern": ("one: {match: 'alertname=~\"Slow.*\"', receivers: [one]}", []),
}


@pytest.mark.parametrize(("routes", "expected"), IDLE.values(), ids=IDLE)
def test_routes_that_match_unknown_values_are_reported(routes: str, expected: list[str]) -> None:
    found = reach(overlay(f"warning: {{receivers: [two]}}, {routes}"))
    route.check(found)
    assert findings(found) == expected
    assert not found.report.broken


@pytest.mark.parametrize(("name", "word"), [("severity", "severity"), ("service", "service")])
def test_an_escalation_has_labels_of_any_value_and_still_hides_no_idle_route(name: str, word: str) -> None:
    routes = f"warning: {{receivers: [two]}}, one: {{match: '{name}=\"page\"', receivers: [one]}}"
    found = reach(f"{overlay(routes)}  escalation: [{{severity: warning, after: 30m, receivers: [two]}}]\n")
    route.check(found)
    assert findings(found) == [f"link/idle-route: no alert has the {word} `page`, so nothing reaches `one`"]


def test_a_similar_name_is_suggested() -> None:
    found = reach(overlay("one: {match: 'alertname=\"Stuk\"', receivers: [one]}"))
    route.check(found)
    assert [each.hint for each in found.report] == ["did you mean `Stuck`?"]


def test_a_templated_service_may_have_any_value() -> None:
    files = {
        "tenants/acme/rules/vendor.yaml": (
            'groups: [{name: v, rules: [{alert: V, expr: vector(1), labels: {service: "{{ $labels.app }}"}}]}]'
        )
    }
    found = reach(overlay("one: {match: 'service=\"ledger\"', receivers: [one]}"), files=files)
    route.check(found)
    assert findings(found) == []


def test_the_maximum_of_routes_is_checked_quickly() -> None:
    routes = ", ".join(
        f"r{each}: {{match: ['a=~\"x{each}.*\"', 'b!=\"{each}\"'], receivers: [one, two], order: {each}}}"
        for each in range(100)
    )
    found = reach(overlay(routes))
    start = process_time()
    route.check(found)
    assert process_time() - start < 3
