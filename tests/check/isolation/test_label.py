"""No label of a unit may have the name of an external label, which identifies a whole server."""

import pytest

from varve.check.isolation.label import check
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Document, Map
from varve.model.unit import Environment, Resolved, Unit

FORGED: Map = {"labels": {"cluster": "other"}}


def findings(
    value: Map, external: Map, vendor: Map | None = None, platform: Map | None = None
) -> list[tuple[str, str]]:
    """File and path of each diagnostic."""
    platform = {"external_labels": external, **(platform or {})}
    base = Layer("environment", 0, "platform", "production.yaml", {"platform": platform})
    whole: Map = {"services": {}, **value}
    unit = Resolved(
        Unit("acme", "production"),
        whole,
        Stack((Layer("tenant", 1, "tenant", "tenant.yaml", whole),)),
        {"disks": Document("disks.yaml", vendor)} if vendor else {},
    )
    report = Report()
    check(unit, Environment("production", platform, Stack((base,))), report)
    assert {(each.rule.code, each.place and each.place.on) for each in report} <= {("check/external-label", "key")}
    return [(each.place.file, dotted(each.place.keys)) for each in report if each.place]


@pytest.mark.parametrize(
    ("value", "at"),
    [
        (FORGED, "labels.cluster"),
        ({"services": {"web": FORGED}}, "services.web.labels.cluster"),
        ({"services": {"web": {"alerts": {"A": FORGED}}}}, "services.web.alerts.A.labels.cluster"),
        ({"services": {"web": {"records": {"a:b": FORGED}}}}, 'services.web.records["a:b"].labels.cluster'),
        ({"services": {"web": {"scrape": {"app": FORGED}}}}, "services.web.scrape.app.labels.cluster"),
    ],
)
def test_an_external_label_is_refused_wherever_a_unit_has_labels(value: Map, at: str) -> None:
    assert findings(value, {"cluster": "eu-1"}) == [("tenant.yaml", at)]
    assert findings(value, {"replica": "a"}) == findings(value, {}) == []


def test_an_external_label_is_refused_in_rules_and_groups_of_vendors() -> None:
    vendor: Map = {"groups": [{"name": "a", "labels": {"cluster": "x"}, "rules": [{"record": "a:b", **FORGED}]}]}
    assert findings({}, {"cluster": "eu-1"}, vendor) == [
        ("disks.yaml", "groups[0].labels.cluster"),
        ("disks.yaml", "groups[0].rules[0].labels.cluster"),
    ]
    assert findings({}, {"replica": "a"}, vendor) == []


def test_the_replica_label_and_external_labels_of_a_strict_tenant_are_refused_too() -> None:
    replica: Map = {"label": "cluster", "variable": "HOSTNAME"}
    strict: Map = {"acme": {"external_labels": {"cluster": "a"}}, "bank": {"external_labels": {"zone": "a"}}}
    assert findings(FORGED, {}, platform={"replica": replica}) == [("tenant.yaml", "labels.cluster")]
    assert findings(FORGED, {}, platform={"strict": strict}) == [("tenant.yaml", "labels.cluster")]
    assert findings({"labels": {"zone": "b"}}, {}, platform={"strict": strict, "replica": replica}) == []
