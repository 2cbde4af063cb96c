"""Every compiled alert is a subject, with its origin and the receivers that it certainly reaches."""

import pytest

from tests.policy.judging import CHECKOUT, OVERLAY, made, material
from tests.sealing import sealed
from varve.model.policy import Scope
from varve.model.unit import Unit
from varve.policy.subject import Subject
from varve.policy.subject.subject import Origin, located

pytestmark = pytest.mark.usefixtures("one_kit")

NOTIFY = """\
notify:
  receivers:
    team: {email: {to: [a@acme.example]}}
    pager: {webhook: {url: {secret: hook/url}}}
  routes: {%s}
"""
SERVICE = """\
owner: payments
alerts: {Stuck: {expr: depth > 1, severity: warning, summary: It is, runbook: "https://x.example"%s}}
packs: {http-service: {}}
slos:
  availability: {objective: 99.9, window: 30d, errors: 'errors_total{job="a"}', total: 'all_total{job="a"}'}
"""
VENDOR = """\
groups: [{name: a, rules: [{record: a:b, expr: up}, {alert: Gone, expr: up == 0, labels: {severity: critical}}]}]
"""
ALL = {CHECKOUT: SERVICE % "", "tenants/acme/rules/vendor.yaml": VENDOR}


def named(found: list[Subject], name: str) -> Subject:
    return next(each for each in found if each.data["name"] == name)


def test_every_kind_of_alert_has_its_origin() -> None:
    found = made(Scope.ALERT, ALL)
    assert {(each.data["origin"], each.name.rpartition(".")[0]) for each in found} == {
        ("alert", "services.checkout.alerts"),
        ("pack", "services.checkout.packs.http-service"),
        ("slo", "services.checkout.slos.availability"),
        ("vendor", "rules.vendor"),
    }


def test_the_data_are_those_of_the_compiled_rule() -> None:
    stuck = named(made(Scope.ALERT, ALL), "Stuck").data
    assert stuck["expr"] == 'depth{tenant="acme"} > 1'
    assert (stuck["service"], stuck["pack"], stuck["slo"], stuck["severity"], stuck["for"]) == (
        *("checkout", "", "", "warning", ""),
    )
    labels, annotations = stuck["labels"], stuck["annotations"]
    assert isinstance(labels, dict)
    assert isinstance(annotations, dict)
    assert labels["tenant"] == "acme"
    assert annotations["runbook_url"] == "https://x.example"


def test_an_escalation_is_no_subject() -> None:
    escalation = "  escalation: [{severity: warning, after: 1h, receivers: [team]}]\n"
    more = NOTIFY % "warning: {receivers: [team]}" + escalation
    assert "Escalated" not in {each.data["name"] for each in made(Scope.ALERT, {**ALL, OVERLAY: more})}


ROUTES = {
    "two at once": ("warning: {receivers: [team, pager]}", ["team", "pager"], ["email", "webhook"]),
    "nobody but the platform": ("critical: {receivers: [team]}", [], ["slack"]),
    "a label that only a template knows": (
        "maybe: {match: 'queue=\"a\"', receivers: [pager]}, warning: {receivers: [team]}",
        [],
        [],
    ),
    "a label that only a template knows, and on": (
        "maybe: {match: 'queue=\"a\"', receivers: [pager], continue: true}, warning: {receivers: [team]}",
        ["team"],
        ["email"],
    ),
    "a label that a series may bring": (
        "maybe: {match: 'shard=\"a\"', receivers: [pager]}, warning: {receivers: [team]}",
        [],
        [],
    ),
}


@pytest.mark.parametrize(("routes", "receivers", "channels"), ROUTES.values(), ids=ROUTES)
def test_the_receivers_are_those_of_the_worst_case(routes: str, receivers: list[str], channels: list[str]) -> None:
    service = SERVICE % ", labels: {queue: '{{ $value }}'}"
    service = service.replace("depth > 1", "sum by (shard) (depth) > 1")
    files = {CHECKOUT: service, "tenants/acme/secrets/hook.sops.yaml": sealed("hook", "url")}
    stuck = named(made(Scope.ALERT, {**files, OVERLAY: NOTIFY % routes}), "Stuck").data
    assert (stuck["receivers"], stuck["channels"]) == (receivers, channels)


def test_a_tenant_without_routes_leaves_its_alerts_to_the_platform() -> None:
    stuck = named(made(Scope.ALERT, ALL, Unit("acme", "staging")), "Stuck").data
    assert (stuck["receivers"], stuck["channels"]) == ([], ["slack"])


def test_without_an_alertmanager_there_are_no_receivers() -> None:
    alone = {"environments/staging.yaml": "platform: {targets: {$remove: [alertmanager]}}\n"}
    stuck = named(made(Scope.ALERT, {**ALL, **alone}, Unit("acme", "staging")), "Stuck").data
    assert (stuck["receivers"], stuck["channels"]) == ([], [])


PLACES = {
    "its own": ("Stuck", (), (CHECKOUT, ("alerts", "Stuck"), "key")),
    "a value of its own": ("Stuck", ("runbook",), (CHECKOUT, ("alerts", "Stuck", "runbook"), "value")),
    "a value that is missing": ("Stuck", ("for",), (CHECKOUT, ("alerts", "Stuck"), "key")),
    "a pack's": ("HttpLatencyHigh", ("for",), (CHECKOUT, ("packs", "http-service"), "key")),
    "a vendor's": ("Gone", (), ("tenants/acme/rules/vendor.yaml", ("groups", 0, "rules", 1, "alert"), "value")),
    "a value of a vendor's": (
        *("Gone", ("labels", "severity")),
        ("tenants/acme/rules/vendor.yaml", ("groups", 0, "rules", 1, "labels", "severity"), "value"),
    ),
    "a value that a vendor does not say": (
        *("Gone", ("annotations", "runbook_url")),
        ("tenants/acme/rules/vendor.yaml", ("groups", 0, "rules", 1, "alert"), "value"),
    ),
}


@pytest.mark.parametrize(("name", "at", "expected"), PLACES.values(), ids=PLACES)
def test_the_place_of_an_alert_is_in_its_source(name: str, at: tuple[str, ...], expected: object) -> None:
    whole = material(ALL)
    place, _ = located(named(made(Scope.ALERT, ALL), name), at, Origin(whole.unit.stack, whole.unit.value))
    assert (place.file, place.keys, place.on) == expected
