import pytest

from varve.check.unit.timing import check, check_platform
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map
from varve.model.unit import Environment, Resolved, Unit


def environment(**settings: str) -> Environment:
    value: Map = {"prometheus": {"scrape_interval": "30s", "evaluation_interval": "30s", **settings}}
    layers = Stack((Layer("defaults", 0, "platform", "environments/defaults.yaml", {"platform": value}),))
    return Environment("production", value, layers)


def unit(services: Map) -> Resolved:
    value: Map = {"services": services}
    return Resolved(Unit("acme", "production"), value, Stack((Layer("tenant", 40, "tenant", "t.yaml", value),)), {})


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        pytest.param({"a": {"scrape": {"x": {"timeout": "30s"}}}}, [], id="as long as the platform's interval"),
        pytest.param({"a": {"scrape": {"x": {"timeout": "1m", "interval": "60s"}}}}, [], id="as long as its own"),
        pytest.param(
            {"a": {"scrape": {"x": {"timeout": "31s"}}}},
            ["services.a.scrape.x.timeout"],
            id="longer than the platform's interval",
        ),
        pytest.param(
            {"a": {"scrape": {"x": {"timeout": "10s", "interval": "5s"}}}},
            ["services.a.scrape.x.timeout"],
            id="longer than its own interval",
        ),
        pytest.param(
            {"a": {"probes": {"x": {"http": {"timeout": "1m"}}}}},
            ["services.a.probes.x.http.timeout"],
            id="a probe that is too slow",
        ),
        pytest.param({"a": {"scrape": {"x": {"interval": "5s"}}}}, [], id="no timeout of its own"),
    ],
)
def test_a_timeout_longer_than_the_interval_is_reported(services: Map, expected: list[str]) -> None:
    report = Report()
    check(unit(services), environment(), report)
    assert [dotted(each.place.keys) for each in report if each.place] == expected


@pytest.mark.parametrize(("timeout", "count"), [("30s", 0), ("31s", 1)])
def test_a_default_timeout_longer_than_the_default_interval_is_reported(timeout: str, count: int) -> None:
    report = Report()
    check_platform(environment(scrape_timeout=timeout), report)
    assert [each.rule.code for each in report] == ["check/timeout-longer-than-interval"] * count
