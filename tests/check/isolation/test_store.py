"""A store that tells tenants apart has a usable header, receives series once, and is read under the same header."""

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
    tenants: Map, partial: Map | None, targets: Mapping[str, Map] | None = None, others: Mapping[str, Map] | None = None
) -> Environment:
    sources: Map = {"logical": {"url": READ}, **({"partial": partial} if partial is not None else {})}
    platform: Map = {
        "targets": {**(targets if targets is not None else {"grafana": {}})},
        "grafana": {"datasources": sources},
        "remote_write": {"mimir": {"url": URL, **({"tenants": tenants} if tenants else {})}, **(others or {})},
    }
    layer = Layer("environment", 0, "platform", "production.yaml", {"platform": platform})
    return Environment("production", platform, Stack((layer,)))


def platform_findings(
    tenants: Map, partial: Map | None = None, targets: Mapping[str, Map] | None = None
) -> list[tuple[str, str]]:
    """Codes and places of the diagnostics for a platform."""
    report = Report()
    check_platform(_environment(tenants, partial, targets), report)
    return [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


def repeated(tenants: Map, **others: Map) -> list[tuple[str, str]]:
    """Places and messages of the diagnostics for a store and the remote writes after it."""
    report = Report()
    check_platform(_environment(tenants, None, others=others), report)
    assert {each.rule.code for each in report} <= {"check/repeated-store"}
    return [(dotted(each.place.keys), each.message) for each in report if each.place]


def unit_findings(tenant: str, tenants: Map) -> list[tuple[str, str]]:
    """Codes and places of the diagnostics for a unit."""
    value: Map = {"tenant": {"name": "a"}}
    unit = Resolved(Unit(tenant, "production"), value, Stack((Layer("tenant", 1, "tenant", "t.yaml", value),)), {})
    report = Report()
    check(unit, _environment(tenants, None), report)
    return [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


def test_a_header_of_a_store_is_valid() -> None:
    assert platform_findings(HEADER) == platform_findings({"header": "THANOS-TENANT"}) == []


@pytest.mark.parametrize("header", ["Authorization", "HOST", "Content-Type", "X-Amz-Date", "Transfer-Encoding"])
def test_a_header_that_prometheus_sends_itself_is_refused(header: str) -> None:
    assert platform_findings({"header": header}) == [("check/reserved-header", f"{AT}.header")]


def test_grafana_must_read_under_the_header_of_the_store() -> None:
    other = [("check/other-header", f"{AT}.header")]
    assert platform_findings(HEADER, {"url": READ, "header": "X-Tenant"}) == other
    assert platform_findings(HEADER, {"url": READ, "header": "x-scope-orgid"}) == []
    assert platform_findings(HEADER, {"url": "http://query.example/", "header": "X-Tenant"}) == []
    assert platform_findings(HEADER, {"url": READ}) == []
    assert platform_findings(HEADER, {"url": READ, "header": "X-Tenant"}, {}) == []


def test_a_store_for_partial_tenants_needs_their_data_source() -> None:
    idle = [("check/no-partial-source", f"{AT}.of")]
    partial: Map = {**HEADER, "of": "partial"}
    assert platform_findings(partial) == platform_findings(partial, {"url": READ}) == idle
    assert platform_findings(partial, {"url": READ, **HEADER}, {}) == idle
    assert platform_findings(partial, {"url": READ, **HEADER}) == platform_findings({**HEADER, "of": "all"}) == []


def test_a_tenant_may_not_have_the_stores_name_for_the_rest() -> None:
    taken = [("check/taken-rest", "tenant")]
    assert (
        unit_findings("infra", {**HEADER, "rest": "infra"})
        == unit_findings("infra", {**HEADER, "rest": "INFRA"})
        == taken
    )
    assert unit_findings("acme", {**HEADER, "rest": "infra"}) == unit_findings("infra", HEADER) == []


@pytest.mark.parametrize("name", ["anonymous", "default-tenant"])
def test_the_name_for_requests_without_a_header_is_refused(name: str) -> None:
    default = [("check/default-tenant", "tenant")]
    assert unit_findings(name, HEADER) == unit_findings(name, {**HEADER, "rest": name}) == default
    assert unit_findings(f"{name}-2", HEADER) == []
    for rest in (name, name.title()):
        assert platform_findings({**HEADER, "rest": rest}) == [("check/default-tenant", f"{AT}.rest")]
    assert platform_findings({**HEADER, "rest": f"{name}-2"}) == unit_findings(name, {}) == []


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
def test_a_second_remote_write_to_a_store_is_refused_however_its_url_is_spelt(url: str) -> None:
    again = "platform.remote_write.again.url"
    assert repeated(HEADER, again={"url": url}) == [
        (again, "`again` writes to the same URL as `mimir`, although `mimir` tells tenants apart")
    ]
    assert repeated({}, again={"url": url, "tenants": HEADER}) == [
        (again, "`again` writes to the same URL as `mimir`, although `again` tells tenants apart")
    ]
    assert repeated(HEADER, again={"url": url, "tenants": {**HEADER, "rest": "infra"}}) == [
        (again, "`again` writes to the same URL as `mimir`, although both tell tenants apart")
    ]
    assert repeated({}, again={"url": url}) == []


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
    assert repeated(HEADER, again={"url": url}) == repeated(HEADER, again={"url": url, "tenants": HEADER}) == []


def test_each_repeated_remote_write_is_reported_once() -> None:
    separate: Map = {"url": URL, "tenants": HEADER}
    assert [keys for keys, _ in repeated({}, plain={"url": URL}, separate=separate, more=separate)] == [
        "platform.remote_write.separate.url",
        "platform.remote_write.more.url",
    ]


def test_the_first_remote_write_is_a_note() -> None:
    report = Report()
    check_platform(_environment(HEADER, None, others={"again": {"url": URL}}), report)
    (found,) = report
    assert [(each.message, each.place and dotted(each.place.keys)) for each in found.notes] == [
        ("the URL of `mimir`", "platform.remote_write.mimir.url")
    ]
