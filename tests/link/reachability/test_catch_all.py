"""Every alert that only reaches the platform is reported at its place, and none that may reach the tenant."""

import pytest

from tests.link.reachability.reaching import UNIT, alert, findings, overlay, reach
from varve.link.reachability import catch_all

NOBODY = ["link/unheard-alert: no route takes `Stuck`, so only the platform is notified of it"]
FOUND: dict[str, tuple[str, str, list[str]]] = {
    "a route of its severity": ("warning: {receivers: [one]}", alert("warning"), []),
    "a route of another severity": ("critical: {receivers: [one]}", alert("warning"), NOBODY),
    "a route of everything": ("all: {match: [], receivers: [one]}", alert("info"), []),
    "a route of its service": ("one: {match: 'service=\"checkout\"', receivers: [one]}", alert("info"), []),
    "a route of another service": ("one: {match: 'service=\"ledger\"', receivers: [one]}", alert("info"), NOBODY),
    "a route that is muted": (
        "warning: {receivers: [one], mute: night}",
        alert("warning"),
        [],
    ),
    "a label of its own": (
        "one: {match: 'team=~\"a|b\"', receivers: [one]}",
        alert("info", more=", labels: {team: a}"),
        [],
    ),
    "an external label": ("one: {match: 'environment=\"production\"', receivers: [one]}", alert("info"), []),
    "a label that may be of the series, which the expression does not name": (
        "one: {match: 'queue=\"a\"', receivers: [one]}",
        alert("info"),
        NOBODY,
    ),
    "a label of the series that the expression names": (
        "one: {match: 'queue=\"a\"', receivers: [one]}",
        "alerts: {Stuck: {expr: sum by (queue) (depth) > 1, severity: info, summary: It is}}",
        [],
    ),
    "a label that only a text for people names": (
        "one: {match: 'queue=\"a\"', receivers: [one]}",
        "alerts: {Stuck: {expr: depth > 1, severity: info, summary: 'The queue {{ $labels.queue }} is stuck'}}",
        NOBODY,
    ),
    "a label that is a template": (
        "one: {match: 'queue=\"a\"', receivers: [one]}",
        alert("info", more=", labels: {queue: '{{ $labels.name }}'}"),
        [],
    ),
    "a label that is a template, and nothing to do with it": (
        "one: {match: ['queue=\"a\"', 'severity=\"critical\"'], receivers: [one]}",
        alert("info", more=", labels: {queue: '{{ $labels.name }}'}"),
        NOBODY,
    ),
    "every value of a template": (
        ("one: {match: 'queue=\"a\"', receivers: [one]}, two: {match: 'queue!=\"a\"', receivers: [two], order: 1}"),
        alert("info", more=", labels: {queue: '{{ $labels.name }}'}"),
        [],
    ),
}


@pytest.mark.parametrize(("routes", "service", "expected"), FOUND.values(), ids=FOUND)
def test_alerts_without_a_route_are_reported(routes: str, service: str, expected: list[str]) -> None:
    found = reach(overlay(routes), service)
    catch_all.check(found)
    assert findings(found) == expected


def test_alerts_of_a_tenant_without_routes_are_not_reported() -> None:
    found = reach(f"{UNIT}  escalation: [{{severity: info, after: 1h, receivers: [one]}}]\n")
    catch_all.check(found)
    assert findings(found) == []


RULES = """\
groups:
  - name: vendor
    rules:
      - {record: a:b, expr: vector(1)}
      - {alert: Odd, expr: vector(1)}
      - {alert: Even, expr: vector(1), labels: {severity: page}}
"""


def test_alerts_are_reported_at_their_places_and_those_of_a_pack_together() -> None:
    files = {"tenants/acme/rules/vendor.yaml": RULES}
    service = (
        "packs: {http-service: {severity: critical}}\n"
        "slos: {fast: {objective: 99, window: 30d, errors: e, total: t}}\n"
        "probes: {home: {http: {url: 'https://acme.example'}}}\n"
    )
    platform = {
        "environments/production.yaml": "platform: {blackbox: {address: 'blackbox:9115', modules: [http_2xx]}}\n"
    }
    found = reach(overlay("none: {match: 'severity=\"none\"', receivers: [one]}"), service, files | platform)
    catch_all.check(found)
    places = {(each.place.file, each.place.keys) for each in found.report if each.place}
    assert places == {
        ("tenants/acme/services/checkout.yaml", ("packs", "http-service")),
        ("tenants/acme/services/checkout.yaml", ("slos", "fast")),
        ("tenants/acme/services/checkout.yaml", ("probes",)),
        ("tenants/acme/rules/vendor.yaml", ("groups", 0, "rules", 1, "alert")),
        ("tenants/acme/rules/vendor.yaml", ("groups", 0, "rules", 2, "alert")),
    }
    hints = {each.place.keys[-2:]: each.hint for each in found.report if each.place}
    assert hints[2, "alert"] == "add a route that matches it"
    assert hints[1, "alert"] == "set a `severity` in the rule, or add a route that matches it"
    assert hints["slos", "fast"].startswith("set `notify.routes.critical` and `notify.routes.warning`, or")


@pytest.mark.parametrize(
    ("routed", "more"),
    [(3, []), (4, ["1 more route does not take it either"]), (5, ["2 more routes do not take it either"])],
)
def test_notes_show_the_matchers_of_the_first_routes(routed: int, more: list[str]) -> None:
    match = "r{0}: {{match: 'team=\"{0}\"', receivers: [one], order: {0}}}"
    routes = ", ".join(match.format(each) for each in range(routed))
    found = reach(overlay(routes))
    catch_all.check(found)
    (one,) = found.report
    assert [note.message for note in one.notes] == [
        '`r0` takes `team="0"`',
        '`r1` takes `team="1"`',
        '`r2` takes `team="2"`',
        *more,
    ]
