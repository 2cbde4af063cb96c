"""A scrape is granted so much, and needs so much."""

import pytest

from varve.check.isolation.limit import check
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map
from varve.model.unit import Resolved, Unit

TARGETS: Map = {"targets": ["web-1.example:9090", "web-2.example:9090"]}


def said(job: Map, quotas: Map | None = None, labels: Map | None = None) -> list[tuple[str, str, str]]:
    """Codes, places and hints of what is said of a unit with one scrape and one probe."""
    scrape: Map = {**TARGETS, **job, **({"labels": labels} if labels else {})}
    probe: Map = {"http": {"url": "https://web.example/a/long/way/to/go"}}
    value: Map = {"services": {"web": {"scrape": {"app": scrape}, "probes": {"home": probe}}}, "quotas": quotas or {}}
    unit = Resolved(Unit("acme", "production"), value, Stack((Layer("tenant", 1, "tenant", "tenant.yaml", value),)), {})
    report = Report()
    check(unit, report)
    return [(each.rule.code, dotted(each.place.keys), each.hint) for each in report if each.place]


@pytest.mark.parametrize("name", ["sample_limit", "target_limit", "label_limit"])
def test_no_scrape_allows_itself_more_than_is_granted(name: str) -> None:
    at = f"services.web.scrape.app.{name}"
    assert said({name: 101}, {name: 100}) == [("check/over-limit", at, "write 100 or less, or remove it")]
    assert said({name: 100}, {name: 100}) == said({name: 101}) == said({}, {name: 100}) == []


@pytest.mark.parametrize(
    ("name", "least"),
    [("target_limit", 2), ("label_limit", 5), ("label_name_length_limit", 9), ("label_value_length_limit", 18)],
)
def test_a_scrape_needs_what_it_says_itself(name: str, least: int) -> None:
    at = f"services.web.scrape.app.{name}"
    assert said({name: least - 1}) == [("check/narrow-limit", at, f"write {least} or more")]
    assert said({name: least}) == []


def test_labels_of_its_own_count() -> None:
    at = "services.web.scrape.app"
    assert said({"label_limit": 5}, labels={"zone": "a"}) == [
        ("check/narrow-limit", f"{at}.label_limit", "write 6 or more")
    ]
    named = said({"label_name_length_limit": 9}, labels={"availability_zone": "a"})
    assert named == [("check/narrow-limit", f"{at}.label_name_length_limit", "write 17 or more")]
    valued = said({"label_value_length_limit": 19}, labels={"zone": "é" * 10})
    assert valued == [("check/narrow-limit", f"{at}.label_value_length_limit", "write 20 or more")]


def test_a_quota_is_judged_by_whom_it_fails() -> None:
    assert said({}, {"label_value_length_limit": 20}) == [
        ("check/narrow-limit", "quotas.label_value_length_limit", "write 36 or more")
    ]
    assert said({}, {"label_limit": 6}) == []
    assert said({}, {"target_limit": 1}) == [("check/narrow-limit", "quotas.target_limit", "write 2 or more")]


def test_how_many_targets_are_found_nobody_knows_yet() -> None:
    found: Map = {"targets": None, "discovered": True}
    assert said({**found, "target_limit": 1}) == said(found, {"target_limit": 1}) == said(found) == []
    assert said({**found, "target_limit": 2}, {"target_limit": 1})[0][0] == "check/over-limit"
