import pytest

from tests.check.unit.test_timing import environment, unit
from varve.check.unit.staleness import check, check_platform
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.source import Map

SCRAPE = "services.a.scrape.x.interval"
PACK: Map = {"http-service": {}}
PROBE = "services.a.probes.x.http.interval"


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        pytest.param({}, [], id="nothing is set"),
        pytest.param({"scrape": {"x": {}}, "probes": {"x": {"http": {}}}}, [], id="the platform's intervals"),
        pytest.param({"packs": PACK, "scrape": {"x": {"interval": "2m30s"}}}, [], id="two samples in five minutes"),
        pytest.param({"packs": PACK, "scrape": {"x": {"interval": "151s"}}}, [SCRAPE], id="one sample in five minutes"),
        pytest.param({"slos": {"a": {}}, "scrape": {"x": {"interval": "151s"}}}, [SCRAPE], id="one for an objective"),
        pytest.param({"packs": {}, "scrape": {"x": {"interval": "4m59s"}}}, [], id="a scrape without gaps"),
        pytest.param({"scrape": {"x": {"interval": "5m"}}}, [SCRAPE], id="a scrape with gaps"),
        pytest.param({"probes": {"x": {"http": {"interval": "4m59s"}}}}, [], id="a probe without gaps"),
        pytest.param({"probes": {"x": {"http": {"interval": "5m"}}}}, [PROBE], id="a probe with gaps"),
        pytest.param({"interval": "4m"}, [], id="rules without gaps"),
        pytest.param({"interval": "1h"}, ["services.a.interval"], id="rules with gaps"),
    ],
)
def test_long_intervals_are_warned_of(service: Map, expected: list[str]) -> None:
    report = Report()
    check(unit({"a": service}), report)
    assert [dotted(each.place.keys) for each in report if each.place] == expected
    assert {each.rule.code for each in report} <= {"check/long-interval"}


@pytest.mark.parametrize(
    ("defaults", "fields"),
    [
        ({}, []),
        ({"scrape_interval": "150s", "evaluation_interval": "4m"}, []),
        ({"scrape_interval": "3m"}, ["scrape_interval"]),
        ({"evaluation_interval": "5m"}, ["evaluation_interval"]),
    ],
)
def test_long_default_intervals_are_warned_of(defaults: dict[str, str], fields: list[str]) -> None:
    report = Report()
    check_platform(environment(**defaults), report)
    assert [each.place.keys[-1] for each in report if each.place] == fields
