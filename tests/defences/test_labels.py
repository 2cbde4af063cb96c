"""Labels that say whose a series is, and names that say what it is: no tenant can write those of others.

The number of series that a label creates does not apply: no source decides it, and quotas watch what targets expose.
"""

from collections.abc import Mapping
from typing import Final, cast

from tests.defences.attack import (
    Attack,
    each,
    goes_through_without,
    has_a_twin,
    instead,
    is_refused,
    together,
    without,
)
from tests.defences.loose import loose
from tests.defences.placing import RULES
from tests.defences.volley import ONE_ENVIRONMENT, unproven
from tests.emit.repository import CHECKOUT, pack
from varve.check.isolation import label
from varve.emit.prometheus import reserved, rules, scrape
from varve.emit.shape import ANY_MAP
from varve.model.source import Map
from varve.resolve.notify import ESCALATED


def nameless(rule: Map, usual: Mapping[str, str], _: Mapping[str, str]) -> Map:
    """The labels of rules if nothing sets the owner's labels."""
    return {**rule, "labels": {**usual, **cast("Map", rule.get("labels") or {})}}


forged: Final = together(
    loose("free-label", "vendor-label"),
    instead(rules, "_labelled", nameless),
    instead(rules, "SERVICE_RULES_SHAPE", ANY_MAP),
    unproven,
)
relabelled: Final = together(loose("free-label"), instead(scrape, "_identity", lambda *_: []), unproven)

RECORDED: Final = "packs: {mine: {}}\nrecords: {>>>'%s': {expr: vector(7)}}\n"
MINE: Final = pack("rules: [{record: 'mine:x', expr: vector(1)}]\n")
NAMED: Final = "rules: [{alert: %s, expr: vector(1), labels: {severity: info}}]\n"
VENDORS: Final = "groups: [{name: g, rules: [{record: >>>'%s', expr: vector(7)}]}]\n"
ALERTED: Final = "alerts: {A: {expr: up, severity: info, summary: a, labels: {%s}}}\n"

ATTACKS: Final[Mapping[str, Attack]] = {
    "the tenant, on an alert": Attack(
        {**ONE_ENVIRONMENT, CHECKOUT: ALERTED % ">>>tenant: bank"},
        "check/bad-label",
        {**ONE_ENVIRONMENT, CHECKOUT: ALERTED % "tenants: bank"},
        forged,
        "tenant: bank",
    ),
    "the tenant, by a template": Attack(
        {**ONE_ENVIRONMENT, CHECKOUT: ALERTED % ">>>tenant: '{{ \"bank\" }}'"},
        "check/bad-label",
        {**ONE_ENVIRONMENT, CHECKOUT: ALERTED % "owner: '{{ \"bank\" }}'"},
        forged,
        "tenant:",
    ),
    "the tenant, on a recording": Attack(
        {**ONE_ENVIRONMENT, CHECKOUT: "records: {a: {expr: up, labels: {>>>tenant: bank}}}\n"},
        "check/bad-label",
        {**ONE_ENVIRONMENT, CHECKOUT: "records: {a: {expr: up, labels: {owner: bank}}}\n"},
        forged,
        "tenant: bank",
    ),
    "the tenant, on every alert of a service": Attack(
        {**ONE_ENVIRONMENT, CHECKOUT: "labels: {>>>tenant: bank}\n" + ALERTED % "a: b"},
        "check/bad-label",
        {**ONE_ENVIRONMENT, CHECKOUT: "labels: {owner: bank}\n" + ALERTED % "a: b"},
        forged,
        "tenant: bank",
    ),
    "the tenant, on everything": Attack(
        {**ONE_ENVIRONMENT, "tenants/acme/overlays/production.yaml": "labels: {>>>tenant: bank}\n"},
        "check/bad-label",
        {**ONE_ENVIRONMENT, "tenants/acme/overlays/production.yaml": "labels: {owner: bank}\n"},
        forged,
        "tenant: bank",
    ),
    "the tenant, on what is scraped": Attack(
        {**ONE_ENVIRONMENT, CHECKOUT: "scrape: {app: {targets: ['a:1'], labels: {>>>tenant: bank}}}\n"},
        "check/bad-label",
        {**ONE_ENVIRONMENT, CHECKOUT: "scrape: {app: {targets: ['a:1'], labels: {owner: bank}}}\n"},
        relabelled,
        "tenant: bank",
    ),
    "the path that is scraped, by a label": Attack(
        {**ONE_ENVIRONMENT, CHECKOUT: "scrape: {app: {targets: ['a:1'], labels: {>>>__metrics_path__: /federate}}}\n"},
        "check/bad-label",
        {**ONE_ENVIRONMENT, CHECKOUT: "scrape: {app: {targets: ['a:1'], labels: {metrics_path: /federate}}}\n"},
        relabelled,
        "__metrics_path__: /federate",
    ),
    "the address that is scraped, by a label": Attack(
        {
            **ONE_ENVIRONMENT,
            CHECKOUT: "scrape: {app: {targets: ['a:1'], labels: {>>>__address__: '127.0.0.1:9090'}}}\n",
        },
        "check/bad-label",
        {**ONE_ENVIRONMENT, CHECKOUT: "scrape: {app: {targets: ['a:1'], labels: {address: '127.0.0.1:9090'}}}\n"},
        relabelled,
        "__address__:",
    ),
    "the tenant, on a vendor's alert": Attack(
        {**ONE_ENVIRONMENT, RULES: "groups: [{name: g, rules: [{alert: A, expr: up, labels: {>>>tenant: bank}}]}]\n"},
        "check/bad-label",
        {**ONE_ENVIRONMENT, RULES: "groups: [{name: g, rules: [{alert: A, expr: up, labels: {owner: bank}}]}]\n"},
        forged,
        "tenant: bank",
    ),
    "the tenant, on a vendor's recording": Attack(
        {**ONE_ENVIRONMENT, RULES: "groups: [{name: g, rules: [{record: a, expr: up, labels: {>>>tenant: bank}}]}]\n"},
        "check/bad-label",
        {**ONE_ENVIRONMENT, RULES: "groups: [{name: g, rules: [{record: a, expr: up, labels: {owner: bank}}]}]\n"},
        forged,
        "tenant: bank",
    ),
    "the tenant, on a vendor's group": Attack(
        {**ONE_ENVIRONMENT, RULES: "groups: [{name: g, labels: {>>>tenant: bank}, rules: [{record: a, expr: up}]}]\n"},
        "check/bad-label",
        {**ONE_ENVIRONMENT, RULES: "groups: [{name: g, labels: {owner: bank}, rules: [{record: a, expr: up}]}]\n"},
        forged,
        "tenant: bank",
    ),
    "a label of another server": Attack(
        {**ONE_ENVIRONMENT, CHECKOUT: ALERTED % ">>>environment: x"},
        "check/external-label",
        {**ONE_ENVIRONMENT, CHECKOUT: ALERTED % "env: x"},
        together(without(label, "check"), unproven),
        "environment: x",
    ),
    "a label of another server, on a vendor's group": Attack(
        {
            **ONE_ENVIRONMENT,
            RULES: "groups: [{name: g, labels: {>>>environment: x}, rules: [{record: a, expr: up}]}]\n",
        },
        "check/external-label",
        {**ONE_ENVIRONMENT, RULES: "groups: [{name: g, labels: {env: x}, rules: [{record: a, expr: up}]}]\n"},
        together(without(label, "check"), unproven),
        "environment: x",
    ),
    "a recording of a pack": Attack(
        {**ONE_ENVIRONMENT, **MINE, CHECKOUT: RECORDED % "mine:x"},
        "emit/taken-name",
        {**ONE_ENVIRONMENT, **MINE, CHECKOUT: RECORDED % "mine:y"},
        together(without(reserved, "check"), unproven),
        "record: mine:x\n        expr: vector(7)",
    ),
    "a recording of a pack, by a vendor": Attack(
        {**ONE_ENVIRONMENT, **MINE, CHECKOUT: "packs: {mine: {}}\n", RULES: VENDORS % "mine:x"},
        "emit/taken-name",
        {**ONE_ENVIRONMENT, **MINE, CHECKOUT: "packs: {mine: {}}\n", RULES: VENDORS % "mine:y"},
        together(without(reserved, "check"), unproven),
        "record: mine:x\n        expr: vector(7)",
    ),
    "what Prometheus says of targets": Attack(
        {**ONE_ENVIRONMENT, **MINE, CHECKOUT: RECORDED % "up"},
        "emit/taken-name",
        {**ONE_ENVIRONMENT, **MINE, CHECKOUT: RECORDED % "up:mine"},
        together(without(reserved, "check"), unproven),
        "record: up\n",
    ),
    "what Prometheus says of alerts": Attack(
        {**ONE_ENVIRONMENT, RULES: VENDORS % "ALERTS"},
        "emit/taken-name",
        {**ONE_ENVIRONMENT, RULES: VENDORS % "alerts"},
        together(without(reserved, "check"), unproven),
        "record: ALERTS\n",
    ),
    "what quotas are held against": Attack(
        {**ONE_ENVIRONMENT, RULES: VENDORS % "scrape_samples_post_metric_relabeling"},
        "emit/taken-name",
        {**ONE_ENVIRONMENT, RULES: VENDORS % "scraped_samples"},
        together(without(reserved, "check"), unproven),
        "record: scrape_samples_post_metric_relabeling\n",
    ),
    "a name that is varve's": Attack(
        {**ONE_ENVIRONMENT, RULES: VENDORS % "varve_anything"},
        "emit/taken-name",
        {**ONE_ENVIRONMENT, RULES: VENDORS % "anything"},
        together(without(reserved, "check"), unproven),
        "record: varve_anything\n",
    ),
    "an alert without a name": Attack(
        {**ONE_ENVIRONMENT, **pack(">>>" + NAMED % "''"), CHECKOUT: "packs: {mine: {}}\n"},
        "emit/wrong-shape",
        {**ONE_ENVIRONMENT, **pack(NAMED % "A"), CHECKOUT: "packs: {mine: {}}\n"},
        together(instead(rules, "SERVICE_RULES_SHAPE", ANY_MAP), unproven),
        'alert: ""',
    ),
    "the name of an escalation": Attack(
        {**ONE_ENVIRONMENT, RULES: f"groups: [{{name: g, rules: [{{alert: >>>{ESCALATED}, expr: up}}]}}]\n"},
        "check/bad-alert-name",
        {**ONE_ENVIRONMENT, RULES: f"groups: [{{name: g, rules: [{{alert: {ESCALATED}s, expr: up}}]}}]\n"},
        together(loose("vendor-alert"), unproven),
        f"alert: {ESCALATED}\n",
    ),
}


@each(ATTACKS)
def test_the_attack_is_refused_and_reaches_no_artifact(attack: Attack) -> None:
    is_refused(attack)


@each(ATTACKS)
def test_its_benign_twin_is_built(attack: Attack) -> None:
    has_a_twin(attack)


@each(ATTACKS)
def test_without_the_defence_it_would_go_through(attack: Attack) -> None:
    goes_through_without(attack)
