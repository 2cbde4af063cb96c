"""A match with a likely misspelling of a service or a label is warned of; any other name is allowed."""

import pytest

from tests.emit.alertmanager.notifying import findings, notifying, task
from tests.emit.repository import task as task_of
from varve.check.notify import misspelling

SERVICE = ["check/mistyped-service: there is no service `chekout`"]
MATCHES: dict[str, tuple[str, list[str]]] = {
    "a service": ('service="checkout"', []),
    "nearly a service": ('service="chekout"', SERVICE),
    "nearly a service, in a negated matcher": ('service!="chekout"', SERVICE),
    "nearly a service among others": ('service=~"ledger|chekout|checkout"', SERVICE),
    "a regular expression that is not a list of names": ('service=~"chekou."', []),
    "a service of a vendor": ('service="ledger"', []),
    "no service": ('service=""', []),
    "another label of that value": ('queue="chekout"', []),
    "nearly a label": ('servce="checkout"', ["check/mistyped-label: varve writes no label `servce`"]),
    "two letters swapped": ('severtiy="info"', ["check/mistyped-label: varve writes no label `severtiy`"]),
    "a label of a series that is two letters away": ('device="sda"', []),
    "a label of the tenant": ('services="a"', []),
    "a label of an alert": ('severitys="a"', []),
    "a label of a series": ('mountpoint="/"', []),
}
ROUTE = ("notify", "routes", "critical")
LABELS = """\
labels: {services: all}
services: {checkout: {alerts: {Stuck: {expr: up == 0, severity: info, summary: s, labels: {severitys: a}}}}}
"""


@pytest.mark.parametrize(("text", "expected"), MATCHES.values(), ids=MATCHES)
@pytest.mark.parametrize("form", ["'%s'", "['a=\"b\"', '%s']"], ids=["alone", "listed"])
def test_a_match(text: str, expected: list[str], form: str) -> None:
    made = task(f"{LABELS}notify: {{routes: {{one: {{match: {form % text}, receivers: [team]}}}}}}\n")
    misspelling.check(made.unit, made.report)
    assert findings(made) == expected
    assert not made.report.broken


def test_the_place_is_the_matcher_and_the_hint_is_the_similar_label() -> None:
    made = task("notify: {routes: {one: {match: ['a=\"b\"', 'servce=\"b\"'], receivers: [team]}}}\n")
    misspelling.check(made.unit, made.report)
    (found,) = made.report
    assert found.place is not None
    assert found.place.keys == ("notify", "routes", "one", "match", 1)
    assert found.hint == "did you mean `service`?"


@pytest.mark.parametrize(
    ("label", "similar"), [("alertnam", "alertname"), ("servce", "service"), ("instance", ""), ("severitys", "")]
)
def test_labels_in_group_by(label: str, similar: str) -> None:
    for text, keys in (
        (f"group_by: [service, {label}]", ("notify", "group_by", 1)),
        (f"routes: {{critical: {{group_by: [{label}], receivers: [team]}}}}", (*ROUTE, "group_by", 0)),
    ):
        made = task(f"{LABELS}notify: {{{text}}}\n")
        misspelling.check(made.unit, made.report)
        assert [(each.rule.code, each.place and each.place.keys, each.hint) for each in made.report] == (
            [("check/mistyped-label", keys, f"did you mean `{similar}`?")] if similar else []
        )


@pytest.mark.parametrize(
    ("match", "hint"),
    [
        ('service="checkout|ledger"', 'write `service=~"checkout|ledger"` for any of several services'),
        ('service!="ledger|chekout"', 'write `service!~"ledger|chekout"` for any of several services'),
        ('service="ledger|wallet"', ""),
        ('service=~"checkout|ledger"', ""),
    ],
)
def test_several_services_need_a_regular_expression(match: str, hint: str) -> None:
    made = task(f"{LABELS}notify: {{routes: {{one: {{match: '{match}', receivers: [team]}}}}}}\n")
    misspelling.check(made.unit, made.report)
    assert [each.hint for each in made.report] == ([hint] if hint else [])


VENDOR = "tenants/acme/rules/vendor.yaml"
RULE = "groups: [{name: g, rules: [{alert: A, expr: up == 0, labels: {service: %s}}]}]\n"
RULES: dict[str, tuple[str, list[tuple[object, ...]]]] = {
    "of a service": (RULE % "checkout", []),
    "of nearly a service": (RULE % "check-out", [("groups", 0, "rules", 0, "labels", "service")]),
    "of a service of the vendor's": (RULE % "ledger", []),
    "of a service that only Prometheus knows": (RULE % '"{{ $labels.checkout }}"', []),
    "without a service": (RULE.replace("service: %s", ""), []),
    "in a group of nearly a service": (
        "groups: [{name: g, labels: {service: chekout}, rules: [{alert: A, expr: up == 0}]}]\n",
        [("groups", 0, "labels", "service")],
    ),
}


@pytest.mark.parametrize(("text", "places"), RULES.values(), ids=RULES)
def test_a_vendors_rule(text: str, places: list[tuple[object, ...]]) -> None:
    made = task_of({**notifying("{}\n"), VENDOR: text})
    misspelling.check(made.unit, made.report)
    assert [each.place and each.place.keys for each in made.report] == places
    assert [each.hint for each in made.report] == ["did you mean `checkout`?"] * len(places)
    assert not made.report.broken
