"""The limits of a scrape are within the quota, and high enough for its own labels and targets."""

import pytest

from varve.check.isolation.limit import check
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map
from varve.model.unit import Resolved, Unit

TARGETS: Map = {"targets": ["web-1.example:9090", "web-2.example:9090"]}


def findings(job: Map, quotas: Map | None = None, labels: Map | None = None) -> list[tuple[str, str, str]]:
    """Codes, places and hints of the diagnostics for a unit with one scrape and one probe."""
    scrape: Map = {**TARGETS, **job, **({"labels": labels} if labels else {})}
    probe: Map = {"http": {"url": "https://web.example/a/long/way/to/go"}}
    value: Map = {"services": {"web": {"scrape": {"app": scrape}, "probes": {"home": probe}}}, "quotas": quotas or {}}
    unit = Resolved(Unit("acme", "production"), value, Stack((Layer("tenant", 1, "tenant", "tenant.yaml", value),)), {})
    report = Report()
    check(unit, report)
    return [(each.rule.code, dotted(each.place.keys), each.hint) for each in report if each.place]


@pytest.mark.parametrize("name", ["sample_limit", "target_limit", "label_limit"])
def test_a_limit_above_the_quota_is_refused(name: str) -> None:
    at = f"services.web.scrape.app.{name}"
    assert findings({name: 101}, {name: 100}) == [("check/over-limit", at, "write 100 or less, or remove it")]
    assert findings({name: 100}, {name: 100}) == findings({name: 101}) == findings({}, {name: 100}) == []


@pytest.mark.parametrize(
    ("name", "least"),
    [("target_limit", 2), ("label_limit", 5), ("label_name_length_limit", 9), ("label_value_length_limit", 18)],
)
def test_a_limit_below_what_the_scrape_itself_needs_is_refused(name: str, least: int) -> None:
    at = f"services.web.scrape.app.{name}"
    assert findings({name: least - 1}) == [("check/narrow-limit", at, f"write {least} or more")]
    assert findings({name: least}) == []


def test_labels_that_the_scrape_sets_are_counted() -> None:
    at = "services.web.scrape.app"
    assert findings({"label_limit": 5}, labels={"zone": "a"}) == [
        ("check/narrow-limit", f"{at}.label_limit", "write 6 or more")
    ]
    long_name = findings({"label_name_length_limit": 9}, labels={"availability_zone": "a"})
    assert long_name == [("check/narrow-limit", f"{at}.label_name_length_limit", "write 17 or more")]
    long_value = findings({"label_value_length_limit": 19}, labels={"zone": "é" * 10})
    assert long_value == [("check/narrow-limit", f"{at}.label_value_length_limit", "write 20 or more")]


def test_a_quota_that_a_scrape_must_exceed_is_refused() -> None:
    assert findings({}, {"label_value_length_limit": 20}) == [
        ("check/narrow-limit", "quotas.label_value_length_limit", "write 36 or more")
    ]
    assert findings({}, {"label_limit": 6}) == []
    assert findings({}, {"target_limit": 1}) == [("check/narrow-limit", "quotas.target_limit", "write 2 or more")]


def test_discovered_targets_are_not_counted() -> None:
    discovered: Map = {"targets": None, "discovered": True}
    assert (
        findings({**discovered, "target_limit": 1})
        == findings(discovered, {"target_limit": 1})
        == findings(discovered)
        == []
    )
    assert findings({**discovered, "target_limit": 2}, {"target_limit": 1})[0][0] == "check/over-limit"
