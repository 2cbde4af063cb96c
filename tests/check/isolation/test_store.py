"""A store can be told whose series it gets, gets them once, and is read as it is written."""

from collections.abc import Mapping

import pytest

from varve.check.isolation.store import check, check_platform
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map
from varve.model.unit import Environment, Resolved, Unit

URL = "https://mimir.example/api/v1/push"
READ = "http://MIMIR.example:9009/prometheus"
HEADER: Map = {"header": "X-Scope-OrgID"}
AT = "platform.remote_write.mimir.tenants"


def _environment(
    tenants: Map, shown: Map | None, targets: Mapping[str, Map] | None = None, beside: Mapping[str, Map] | None = None
) -> Environment:
    sources: Map = {"logical": {"url": READ}, **({"partial": shown} if shown is not None else {})}
    platform: Map = {
        "targets": {**(targets if targets is not None else {"grafana": {}})},
        "grafana": {"datasources": sources},
        "remote_write": {"mimir": {"url": URL, **({"tenants": tenants} if tenants else {})}, **(beside or {})},
    }
    layer = Layer("environment", 0, "platform", "production.yaml", {"platform": platform})
    return Environment("production", platform, Stack((layer,)))


def of_platform(
    tenants: Map, shown: Map | None = None, targets: Mapping[str, Map] | None = None
) -> list[tuple[str, str]]:
    """Codes and places of what is said of a platform."""
    report = Report()
    check_platform(_environment(tenants, shown, targets), report)
    return [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


def beside(tenants: Map, **others: Map) -> list[tuple[str, str]]:
    """What is said of a store and of the remote writes that come behind it: places, and messages."""
    report = Report()
    check_platform(_environment(tenants, None, beside=others), report)
    assert {each.rule.code for each in report} <= {"check/repeated-store"}
    return [(dotted(each.place.keys), each.message) for each in report if each.place]


def of_unit(tenant: str, tenants: Map) -> list[tuple[str, str]]:
    """The same of a unit."""
    value: Map = {"tenant": {"name": "a"}}
    unit = Resolved(Unit(tenant, "production"), value, Stack((Layer("tenant", 1, "tenant", "t.yaml", value),)), {})
    report = Report()
    check(unit, _environment(tenants, None), report)
    return [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


def test_a_header_of_the_stores_own_is_sound() -> None:
    assert of_platform(HEADER) == of_platform({"header": "THANOS-TENANT"}) == []


@pytest.mark.parametrize("header", ["Authorization", "HOST", "Content-Type", "X-Amz-Date", "Transfer-Encoding"])
def test_one_that_prometheus_sends_is_not(header: str) -> None:
    assert of_platform({"header": header}) == [("check/reserved-header", f"{AT}.header")]


def test_what_is_read_under_one_header_is_written_under_it() -> None:
    other = [("check/other-header", f"{AT}.header")]
    assert of_platform(HEADER, {"url": READ, "header": "X-Tenant"}) == other
    assert of_platform(HEADER, {"url": READ, "header": "x-scope-orgid"}) == []
    assert of_platform(HEADER, {"url": "http://query.example/", "header": "X-Tenant"}) == []
    assert of_platform(HEADER, {"url": READ}) == []
    assert of_platform(HEADER, {"url": READ, "header": "X-Tenant"}, {}) == []


def test_partial_tenants_are_those_whom_somebody_shows() -> None:
    idle = [("check/no-partial-source", f"{AT}.of")]
    partial: Map = {**HEADER, "of": "partial"}
    assert of_platform(partial) == of_platform(partial, {"url": READ}) == idle
    assert of_platform(partial, {"url": READ, **HEADER}, {}) == idle
    assert of_platform(partial, {"url": READ, **HEADER}) == of_platform({**HEADER, "of": "all"}) == []


def test_no_tenant_has_the_name_of_the_rest() -> None:
    taken = [("check/taken-rest", "tenant")]
    assert of_unit("infra", {**HEADER, "rest": "infra"}) == of_unit("infra", {**HEADER, "rest": "INFRA"}) == taken
    assert of_unit("acme", {**HEADER, "rest": "infra"}) == of_unit("infra", HEADER) == []


@pytest.mark.parametrize("name", ["anonymous", "default-tenant"])
def test_nobody_has_the_name_of_what_is_sent_without_a_header(name: str) -> None:
    default = [("check/default-tenant", "tenant")]
    assert of_unit(name, HEADER) == of_unit(name, {**HEADER, "rest": name}) == default
    assert of_unit(f"{name}-2", HEADER) == []
    for rest in (name, name.title()):
        assert of_platform({**HEADER, "rest": rest}) == [("check/default-tenant", f"{AT}.rest")]
    assert of_platform({**HEADER, "rest": f"{name}-2"}) == of_unit(name, {}) == []


@pytest.mark.parametrize(
    "url",
    [
        URL,
        f"{URL}/",
        "https://MIMIR.Example/api/v1/push",
        "https://mimir.example:443/api/v1/push",
        "HTTPS://mimir.example./api/v1/push#all",
        "https://mimir.example/api/v1/push?any=1",
    ],
)
def test_a_store_is_written_to_once_however_its_url_is_spelt(url: str) -> None:
    again = "platform.remote_write.again.url"
    assert beside(HEADER, again={"url": url}) == [
        (again, "`again` writes to the same URL as `mimir`, although `mimir` tells tenants apart")
    ]
    assert beside({}, again={"url": url, "tenants": HEADER}) == [
        (again, "`again` writes to the same URL as `mimir`, although `again` tells tenants apart")
    ]
    assert beside(HEADER, again={"url": url, "tenants": {**HEADER, "rest": "infra"}}) == [
        (again, "`again` writes to the same URL as `mimir`, although both tell tenants apart")
    ]
    assert beside({}, again={"url": url}) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://mimir.example:8443/api/v1/push",
        "http://mimir.example/api/v1/push",
        "https://mimir.example/API/v1/push",
        "https://far.example/api/v1/push",
    ],
)
def test_another_url_is_another_store(url: str) -> None:
    assert beside(HEADER, again={"url": url}) == beside(HEADER, again={"url": url, "tenants": HEADER}) == []


def test_each_one_too_many_is_said_once() -> None:
    told: Map = {"url": URL, "tenants": HEADER}
    assert [keys for keys, _ in beside({}, plain={"url": URL}, told=told, more=told)] == [
        "platform.remote_write.told.url",
        "platform.remote_write.more.url",
    ]


def test_both_places_are_shown() -> None:
    report = Report()
    check_platform(_environment(HEADER, None, beside={"again": {"url": URL}}), report)
    (found,) = report
    assert [(each.message, each.place and dotted(each.place.keys)) for each in found.notes] == [
        ("the URL of `mimir`", "platform.remote_write.mimir.url")
    ]
