from typing import TYPE_CHECKING

import pytest

from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.resolve.feature import check, condition, evaluated, without_disabled
from varve.resolve.reporting import ValueReporter

if TYPE_CHECKING:
    from varve.model.source import Map, Value

FACTS: "Map" = {"environment": "staging", "tenant": {"id": "acme", "tier": "gold", "compliance": ["soc2", "gdpr"]}}


FEATURES: "dict[str, tuple[Value, Value]]" = {
    "set to true": (True, True),
    "set to false": (False, False),
    "one fact has the value": ({"when": {"environment": "staging"}}, True),
    "one fact has one of the values": ({"when": {"environment": ["dev", "staging"]}}, True),
    "all facts have one": ({"when": {"environment": ["staging"], "tenant.tier": "gold"}}, True),
    "a fact that is a list holds the value": ({"when": {"tenant.compliance": "gdpr"}}, True),
    "one of two facts has another value": ({"when": {"environment": "staging", "tenant.tier": "silver"}}, False),
    "the fact is not set": ({"when": {"tenant.region": "eu-west-1"}}, False),
    "nothing says when": ({"description": "not yet"}, False),
    "a reference is decided later": ("%{labels.flag}", "%{labels.flag}"),
}


@pytest.mark.parametrize(("feature", "on"), FEATURES.values(), ids=FEATURES.keys())
def test_a_feature_is_on_where_all_facts_of_its_when_have_one_of_their_values(feature: "Value", on: "Value") -> None:
    assert evaluated({**FACTS, "features": {"fast-burn": feature}}) == {**FACTS, "features": {"fast-burn": on}}


def test_a_unit_without_features_is_unchanged() -> None:
    assert evaluated(FACTS) is FACTS


def _gated(features: "Map", report: Report) -> "Map":
    services: Map = {"web": {"alerts": {"Slow": {"expr": "a", "feature": "fast-burn"}, "Down": {"expr": "b"}}}}
    unit: Map = {"features": features, "services": services, "notify": {"routes": {"x": {"feature": "fast-burn"}}}}
    return without_disabled(unit, Stack((Layer("tenant", 40, "tenant", "t.yaml", unit),)), report)


def test_gated_items_stay_only_if_their_feature_is_on_and_lose_the_key() -> None:
    report = Report()
    on, off = _gated({"fast-burn": True}, report), _gated({"fast-burn": False}, report)
    assert on["services"] == {"web": {"alerts": {"Slow": {"expr": "a"}, "Down": {"expr": "b"}}}}
    assert off["services"] == {"web": {"alerts": {"Down": {"expr": "b"}}}}
    assert (on["notify"], off["notify"]) == ({"routes": {"x": {}}}, {"routes": {}})
    assert not len(report)


def test_an_undefined_feature_is_reported_where_it_is_used() -> None:
    report = Report()
    _gated({"fast-burns": True}, report)
    reported = [(each.rule.code, each.message, each.hint) for each in report]
    assert reported == [
        (
            "resolve/unknown-feature",
            f"`{path}` needs the feature `fast-burn`, which is not defined",
            "did you mean `fast-burns`?",
        )
        for path in ("services.web.alerts.Slow", "notify.routes.x")
    ]
    assert [each.place.file for each in report if each.place] == ["t.yaml", "t.yaml"]


def test_the_condition_of_a_feature_in_words() -> None:
    assert condition({"when": {"environment": ["dev", "staging"], "tenant.tier": "gold"}}) == (
        "when environment is dev or staging and tenant.tier is gold"
    )
    assert condition({"description": "not yet"}) == "nowhere"


def test_an_unknown_environment_is_reported_in_the_when_of_its_feature() -> None:
    unit: Map = {"features": {"a": {"when": {"environment": ["prod", "staging"]}}, "b": {"when": {}}, "c": True}}
    report = Report()
    stack = Stack((Layer("tenant", 40, "tenant", "t.yaml", unit),))
    check(unit, ["staging", "production"], ValueReporter(stack, report))
    assert [(each.rule.code, each.message) for each in report] == [
        ("resolve/unknown-environment", "there is no environment `prod`")
    ]
    check(FACTS, [], ValueReporter(stack, report))
    assert len(report) == 1
