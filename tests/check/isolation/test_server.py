"""No server of a strict tenant is anybody else's, and no Alertmanager two environments', however it is spelt."""

import pytest

from varve.check.isolation.server import check_platform, mistakes, sends
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map, Value
from varve.model.unit import Environment

SHARED: Map = {
    "alertmanagers": ["alerts-1.example:9093", "alerts-2.example:9093"],
    "alertmanager": {"url": "https://alerts.example/ui"},
    "grafana": {
        "datasources": {
            "logical": {"url": "http://prometheus.example:9090"},
            "partial": {"url": "https://mimir.example/prometheus", "header": "X-Scope-OrgID"},
        }
    },
}


def own(tenant: str, **changed: Value) -> Map:
    """The servers of a strict tenant, some of them changed."""
    return {
        "alertmanagers": [f"alerts-1.{tenant}.example:9093", f"alerts-2.{tenant}.example:9093"],
        "alertmanager_url": f"https://alerts.{tenant}.example/ui",
        "prometheus_url": f"https://prometheus.{tenant}.example",
        **changed,
    }


def findings(**strict: Map) -> list[tuple[str, str]]:
    """The path of each address that is reported, below `platform.strict`, and the end of its message."""
    report = Report()
    platform: Map = {**SHARED, "strict": {**strict}}
    layer = Layer("production", 30, "platform", "environments/production.yaml", {"platform": platform})
    check_platform(Environment("production", platform, Stack((layer,))), report)
    return [
        (".".join(map(str, each.place.keys[2:])), each.message.partition("is also ")[2])
        for each in report
        if each.place
    ]


def test_servers_of_their_own_are_valid() -> None:
    assert findings(bank=own("bank"), vault=own("vault")) == []
    assert findings(bank={}) == []
    assert findings(bank=own("bank", alertmanagers=["alerts-1.example:9094"])) == []
    assert findings(bank=own("bank", alertmanager_url="https://alerts.example/bank")) == []


def test_a_server_that_tenants_share_is_nobodys_own() -> None:
    shared = "one that other tenants share"
    found = findings(bank=own("bank", alertmanagers=["alerts.bank.example:9093", "Alerts-2.example.:9093"]))
    assert found == [("bank.alertmanagers.1", shared)]
    found = findings(bank=own("bank", alertmanager_url="https://alerts.example:443/ui/"))
    assert found == [("bank.alertmanager_url", shared)]
    for url in ("http://Prometheus.example:9090/", "https://mimir.example/prometheus?orgs=bank"):
        assert findings(bank=own("bank", prometheus_url=url)) == [("bank.prometheus_url", shared)]


def test_a_server_of_one_strict_tenant_is_reported_at_the_others() -> None:
    keys = ("alertmanagers.0", "alertmanagers.1", "alertmanager_url", "prometheus_url")
    found = findings(bank=own("bank"), vault=own("bank"), zoo=own("zoo"))
    assert found == [(f"vault.{key}", "that of `bank`") for key in keys]


def environment(name: str, *addresses: str, file: str = "", is_target: bool = True, **strict: str) -> Environment:
    """An environment with Alertmanagers, and with one for each strict tenant."""
    targets: Map = {"prometheus": {"version": "3.5"}, **({"alertmanager": {"version": "0.34"}} if is_target else {})}
    own: Map = {tenant: {"alertmanagers": [address]} for tenant, address in strict.items()}
    platform: Map = {"targets": targets, "alertmanagers": list(addresses), "strict": own}
    layer = Layer("own", 30, "platform", file or f"{name}.yaml", {"platform": platform})
    return Environment(name, platform, Stack((layer,)))


def pair(first: Environment, second: Environment) -> list[tuple[str, int]]:
    """The path of each Alertmanager that both have, and the number of the diagnostic's notes."""
    return [
        (".".join(map(str, each.place.keys[1:])), len(each.notes)) for each in mistakes(first, second) if each.place
    ]


def test_an_alertmanager_of_two_environments_is_reported_however_it_is_spelt() -> None:
    staging = environment("staging", "alerts.example:9093")
    assert pair(staging, environment("production", "own.example:9093", "Alerts.example.:9093")) == [
        ("alertmanagers.1", 1)
    ]
    assert pair(staging, environment("production", "own.example:9093", bank="alerts.example:9093")) == [
        ("strict.bank.alertmanagers.0", 1)
    ]
    assert sends(staging)


def test_an_alertmanager_that_both_inherit_is_reported_once_and_has_one_place() -> None:
    both = ("alerts-1.example:9093", "alerts-2.example:9093")
    environments = [environment(name, *both, file="defaults.yaml") for name in ("staging", "production")]
    assert pair(*environments) == [("alertmanagers.0", 0)]


def test_environments_with_alertmanagers_of_their_own_are_valid() -> None:
    staging = environment("staging", "alerts.staging.example:9093", bank="alerts.bank.staging.example:9093")
    assert pair(staging, environment("production", "alerts.example:9093", bank="alerts.bank.example:9093")) == []
    assert pair(staging, environment("production", "alerts.staging.example:9094")) == []


@pytest.mark.parametrize("address", ["alerts:9093", "alerts.monitoring.svc:9093", "localhost:9093", "127.0.0.1:9093"])
def test_what_each_cluster_or_host_resolves_by_itself_is_not_compared(address: str) -> None:
    assert pair(environment("staging", address), environment("production", address)) == []
    assert not sends(environment("staging", address))


def test_an_environment_whose_alertmanager_varve_does_not_configure_may_use_anothers() -> None:
    first, second = environment("staging", "a.example:1"), environment("production", "a.example:1", is_target=False)
    assert pair(first, second) == pair(second, first) == []
    assert not sends(second)
