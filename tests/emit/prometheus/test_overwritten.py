"""A rule whose own labels replace those by which it groups is warned of, with everyone who sets them."""

import pytest

from tests.emit.repository import CHECKOUT, Changed, build, findings, parsed
from varve.language.name import dotted

TENANT = "tenants/acme/tenant.yaml"
VENDOR = "tenants/acme/rules/vendor.yaml"
ALERT = "alerts: {A: {expr: '%s', severity: info, summary: A%s}}\n"
RECORD = "records: {'a:b': {expr: '%s'%s}}\n"
GROUP = "groups: [{name: g, %srules: [{%s, expr: '%s'%s}]}]\n"
OF_TENANT = {
    TENANT: "tenant: {name: ACME, tier: gold, region: eu, isolation: logical, owners: [a@acme.example]}\n"
    "labels: {region: eu}\n"
}
FIRES = "once two results differ only there, the alert never fires"
RECORDS = "once two results differ only there, nothing is recorded"

# What is changed, the key of the expression, the message, and the notes with their keys.
OVERWRITTEN: dict[str, tuple[Changed, str, str, list[tuple[str, str]]]] = {
    "a label of the tenant": (
        {**OF_TENANT, CHECKOUT: ALERT % ("sum by (region) (x) > 1", "")},
        "alerts.A.expr",
        f"the rule overwrites `region`: {FIRES}",
        [("the rule's `region` is set here", f"{TENANT} labels.region")],
    ),
    "a label of the service, which is stronger": (
        {**OF_TENANT, CHECKOUT: f"labels: {{region: us}}\n{ALERT % ('sum by (region) (x) > 1', '')}"},
        "alerts.A.expr",
        f"the rule overwrites `region`: {FIRES}",
        [("the rule's `region` is set here", f"{CHECKOUT} labels.region")],
    ),
    "a label of the alert, which is stronger still": (
        {**OF_TENANT, CHECKOUT: ALERT % ("sum by (region) (x) > 1", ", labels: {region: us}")},
        "alerts.A.expr",
        f"the rule overwrites `region`: {FIRES}",
        [("the rule's `region` is set here", f"{CHECKOUT} alerts.A.labels.region")],
    ),
    "what varve and Prometheus set": (
        {CHECKOUT: ALERT % ("sum by (service, severity, alertname, tenant, zone) (x) > 1", "")},
        "alerts.A.expr",
        f"the rule overwrites `alertname`, `service` and `severity`: {FIRES}",
        [
            ("Prometheus sets `alertname`", ""),
            ("varve sets `service`", ""),
            ("the rule's `severity` is set here", f"{CHECKOUT} alerts.A.severity"),
        ],
    ),
    "a recording's service": (
        {CHECKOUT: RECORD % ("sum by (service) (x)", "")},
        'records["a:b"].expr',
        f"the rule overwrites `service`: {RECORDS}",
        [("varve sets `service`", "")],
    ),
    "a label of the recording": (
        {CHECKOUT: RECORD % ("sum by (queue) (x)", ", labels: {queue: all}")},
        'records["a:b"].expr',
        f"the rule overwrites `queue`: {RECORDS}",
        [("the rule's `queue` is set here", f'{CHECKOUT} records["a:b"].labels.queue')],
    ),
    "a label of a vendor's alert": (
        {VENDOR: GROUP % ("", "alert: A", "sum by (severity) (x)", ", labels: {severity: info}")},
        "groups[0].rules[0].expr",
        f"the rule overwrites `severity`: {FIRES}",
        [("the rule's `severity` is set here", f"{VENDOR} groups[0].rules[0].labels.severity")],
    ),
    "a label of a vendor's group": (
        {VENDOR: GROUP % ("labels: {queue: all}, ", "record: 'a:b'", "sum by (queue) (x)", "")},
        "groups[0].rules[0].expr",
        f"the rule overwrites `queue`: {RECORDS}",
        [("the rule's `queue` is set here", f"{VENDOR} groups[0].labels.queue")],
    ),
    "the name of a vendor's alert": (
        {VENDOR: GROUP % ("", "alert: A", "count by (alertname) (ALERTS)", "")},
        "groups[0].rules[0].expr",
        f"the rule overwrites `alertname`: {FIRES}",
        [("Prometheus sets `alertname`", "")],
    ),
}

OTHERS: dict[str, Changed] = {
    "the tenant's label, which every selector fixes": {CHECKOUT: ALERT % ("sum by (tenant) (x) > 1", "")},
    "a label that nobody sets": {CHECKOUT: ALERT % ("sum by (region) (x) > 1", "")},
    "a label that the selector fixes": {
        **OF_TENANT,
        CHECKOUT: ALERT % ('sum by (region) (x{region="us"}) > 1', ""),
    },
    "a label of the tenant, which recordings do not get": {
        **OF_TENANT,
        CHECKOUT: RECORD % ("sum by (region) (x)", ""),
    },
    "severity and alert name, which recordings do not get": {
        CHECKOUT: RECORD % ("count by (severity, alertname) (x)", "")
    },
    "a copy of the label": {
        CHECKOUT: ALERT % ('sum by (of) (label_replace(x, "of", "$1", "service", "(.+)")) > 1', "")
    },
    "the service, which a vendor's rules do not get": {VENDOR: GROUP % ("", "alert: A", "sum by (service) (x)", "")},
    "the tenant's labels, which a vendor's rules do not get": {
        **OF_TENANT,
        VENDOR: GROUP % ("", "alert: A", "sum by (region) (x)", ""),
    },
    "a vendor's label that follows the series": {
        VENDOR: GROUP % ("", "alert: A", "sum by (queue) (x)", ", labels: {queue: 'q-{{ $labels.queue }}'}")
    },
    "a vendor's number": {VENDOR: "groups: [{name: g, rules: [{alert: A, expr: 1, labels: {a: b}}]}]\n"},
}


def _shown(changed: Changed) -> list[tuple[str, str, list[tuple[str, str]]]]:
    found = [each for each in build(changed).diagnostics if each.rule.code == "emit/overwritten-label"]
    return [
        (
            dotted(each.place.keys) if each.place else "",
            each.message,
            [
                (note.message, f"{note.place.file} {dotted(note.place.keys)}" if note.place else "")
                for note in each.notes
            ],
        )
        for each in found
    ]


@pytest.mark.parametrize("name", OVERWRITTEN)
def test_a_rule_that_overwrites_a_label_by_which_it_groups_is_warned_of(name: str) -> None:
    changed, at, message, notes = OVERWRITTEN[name]
    assert _shown(changed) == [(at, message, notes)]


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_rule_is_not(name: str) -> None:
    assert findings(build(OTHERS[name])) == []


def test_the_label_of_a_services_alert_is_a_constant_even_if_it_looks_like_a_template() -> None:
    changed = {CHECKOUT: ALERT % ("sum by (queue) (x) > 1", ", labels: {queue: 'q-{{ $labels.queue }}'}")}
    made = build(changed)
    rule = parsed(made, "build/production/tenants/acme/rules/checkout.yaml")["groups"][0]["rules"][0]
    assert rule["labels"]["queue"].startswith('q-{{ "{{" }}')
    assert findings(made) == [f"emit/overwritten-label: the rule overwrites `queue`: {FIRES}"]
