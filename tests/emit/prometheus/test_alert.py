"""Every alert of a unit and its vendors is found, with the texts in which Prometheus fills something in."""

from tests.emit.repository import CHECKOUT, task
from varve.emit.prometheus.alert import alerts, texts
from varve.language.name import dotted

VENDOR = "tenants/acme/rules/vendor.yaml"
SERVICE = """\
alerts:
  A:
    expr: x
    severity: info
    summary: {en: "{{ $value }}", fr: "{{ $labels.a }}"}
    description: plain
    labels: {team: "{{ plain }}"}
    annotations: {more: "{{ $value }} more", less: less}
records: {"a:b": {expr: y}}
"""
RULES = "groups: [{name: g, rules: [{record: 'a:c', expr: z}, {alert: V, expr: 1, labels: {at: '{{ $labels.a }}'}}]}]\n"


def test_alerts_have_their_expressions_their_texts_and_their_places() -> None:
    own, vendors = alerts(task({CHECKOUT: SERVICE, VENDOR: RULES}))
    assert own.expr == "x"
    assert [(dotted(keys), text) for keys, text in own.texts] == [
        ("services.checkout.alerts.A.summary.en", "{{ $value }}"),
        ("services.checkout.alerts.A.summary.fr", "{{ $labels.a }}"),
        ("services.checkout.alerts.A.annotations.more", "{{ $value }} more"),
    ]
    assert own.place_of((*own.at, "expr")).file == CHECKOUT
    assert (vendors.expr, vendors.texts) == (
        "1",
        ((("groups", 0, "rules", 1, "labels", "at"), "{{ $labels.a }}"),),
    )
    assert vendors.place_of((*vendors.at, "expr")).file == VENDOR


def test_a_rule_without_texts_has_none() -> None:
    assert texts({"alert": "A", "expr": "x", "labels": {"severity": "info"}}) == ()
