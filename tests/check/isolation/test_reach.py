"""A tenant may not scrape or notify the servers themselves or the platform's systems; the platform may."""

import pytest

from varve.check.isolation.reach import check
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Owner, Stack
from varve.model.source import Map
from varve.model.unit import Environment, Resolved, Unit

PLATFORM: Map = {
    "blackbox": {"address": "blackbox.example:9115"},
    "alertmanagers": ["alertmanager.example:9093"],
    "remote_write": {"far": {"url": "https://mimir.example/api/v1/push"}},
}


def scraping(target: str, **more: str) -> Map:
    return {"services": {"web": {"scrape": {"app": {"targets": ["good.example:1", target], **more}}}}}


def probing(url: str, **more: str) -> Map:
    return {"services": {"web": {"probes": {"home": {"http": {"url": url, **more}}}}}}


def findings(value: Map, platform: Map = PLATFORM, *layers: tuple[Owner, Map]) -> list[tuple[str, str]]:
    """Code and path of each diagnostic for a unit; its only layer is the tenant's unless others are given."""
    own: list[tuple[Owner, Map]] = [("tenant", value)]
    stack = Stack(
        tuple(Layer(owner, rank, owner, f"{rank}.yaml", each) for rank, (owner, each) in enumerate(layers or own))
    )
    report = Report()
    check(
        Resolved(Unit("acme", "production"), value, stack, {}), Environment("production", platform, Stack(())), report
    )
    return [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


TARGET = ("check/forbidden-target", "services.web.scrape.app.targets[1]")
URL = ("check/forbidden-target", "services.web.probes.home.http.url")
MODULE = ("check/forbidden-module", "services.web.probes.home.http.module")
PATH = ("check/federation", "services.web.scrape.app.metrics_path")


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        pytest.param(scraping("127.0.0.1:9090"), TARGET, id="the server itself"),
        pytest.param(scraping("169.254.169.254:80"), TARGET, id="the metadata of a cloud"),
        pytest.param(scraping("blackbox.example:9115"), TARGET, id="the prober"),
        pytest.param(scraping("BLACKBOX.example:9115"), TARGET, id="the prober in capitals"),
        pytest.param(scraping("alertmanager.example:9093"), TARGET, id="an Alertmanager"),
        pytest.param(scraping("mimir.example:443"), TARGET, id="where samples are sent"),
        pytest.param(probing("http://[::1]:9090/"), URL, id="a probe of the server itself"),
        pytest.param(probing("http://blackbox.example:9115/probe?target=x"), URL, id="a probe by way of the prober"),
        pytest.param(probing("https://a.example", module="tcp_connect"), MODULE, id="another module"),
        pytest.param(scraping("a.example:1", metrics_path="/federate"), PATH, id="federation"),
        pytest.param(
            scraping("a.example:1", metrics_path="/prometheus//Federate/"), PATH, id="federation below a prefix"
        ),
        pytest.param(scraping("a.example:1", metrics_path="/%66ederate?match[]=up"), PATH, id="federation in escapes"),
    ],
)
def test_a_forbidden_address_is_refused_at_its_place(value: Map, refused: tuple[str, str]) -> None:
    assert findings(value) == [refused]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(scraping("10.0.0.1:9090"), id="an address"),
        pytest.param(scraping("blackbox.example:9100"), id="something else on the prober's machine"),
        pytest.param(scraping("a.example:1", metrics_path="/federated/metrics"), id="a path that begins alike"),
        pytest.param(probing("https://a.example/federate"), id="a probe of such a path"),
        pytest.param(probing("https://a.example", module="http_2xx"), id="the usual module by name"),
    ],
)
def test_other_addresses_are_valid(value: Map) -> None:
    assert findings(value) == []


def test_with_allowed_hosts_all_others_are_refused() -> None:
    listed: Map = {"scrape": {"allow": ["*.example", "10.0.0.0/8"]}}
    assert findings(scraping("a.example:1"), listed) == findings(scraping("10.1.1.1:1"), listed) == []
    assert findings(scraping("a.other:1"), listed) == [TARGET]
    assert findings(probing("https://a.example"), listed) == []
    assert findings(probing("https://a.other"), listed) == [URL]
    assert findings(scraping("localhost:1"), {"scrape": {"allow": ["good.example", "localhost"]}}) == [TARGET]


def test_with_allowed_modules_all_others_are_refused() -> None:
    listed: Map = {"blackbox": {"address": "b.example:1", "modules": ["tcp"]}}
    assert findings(probing("https://a.example", module="tcp"), listed) == []
    assert findings(probing("https://a.example"), listed) == [
        ("check/forbidden-module", "services.web.probes.home.http")
    ]


def test_a_job_that_only_the_platform_defines_may_have_any_target() -> None:
    job = scraping("alertmanager.example:9093")
    assert findings(job, PLATFORM, ("platform", job)) == []


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param(
            [("platform", scraping("blackbox.example:9115")), ("tenant", scraping("x"))], id="overridden below"
        ),
        pytest.param(
            [
                ("tenant", {"services": {"web": {"scrape": {"app": {"params": {"module": ["x"]}}}}}}),
                ("platform", scraping("blackbox.example:9115")),
            ],
            id="a parameter of the tenant's",
        ),
        pytest.param([("platform", scraping("%{labels.x}"))], id="a reference to a value of the tenant's"),
        pytest.param(
            [("platform", {"services": {"web": {"scrape": "%{labels.x}"}}})], id="a reference that is the whole map"
        ),
        pytest.param([("platform", {})], id="nobody defines it"),
    ],
)
def test_a_job_that_a_tenant_can_influence_may_not(layers: list[tuple[Owner, Map]]) -> None:
    assert findings(scraping("blackbox.example:9115"), PLATFORM, *layers) == [
        ("check/forbidden-target", dotted(_at(layers)))
    ]


def _at(layers: list[tuple[Owner, Map]]) -> tuple[str | int, ...]:
    """Where the refused target was written, as far as any layer sets it."""
    whole = ("services", "web", "scrape", "app", "targets", 1)
    here: object = next((value for _, value in reversed(layers) if "targets" in str(value)), layers[-1][1])
    for depth, key in enumerate(whole):
        if not isinstance(here, (dict, list)) or (isinstance(here, dict) and key not in here):
            return whole[:depth]
        here = here[key]  # type: ignore[call-overload]
    return whole


def jira(url: str) -> Map:
    return {
        "services": {},
        "notify": {"receivers": {"desk": {"jira": {"api_url": url, "project": "OPS", "issue_type": "Bug"}}}},
    }


def mail(*addresses: str) -> Map:
    return {"services": {}, "notify": {"receivers": {"team": {"email": {"to": [*addresses]}}}}}


DESK = ("check/forbidden-receiver", "notify.receivers.desk.jira.api_url")
HOOKS: Map = {**PLATFORM, "notify": {"allow": ["*.acme.example", "10.0.0.0/8"], "domains": ["acme.example"]}}


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://127.0.0.1:9093/rest/api/2", id="the server itself"),
        pytest.param("http://[::ffff:127.0.0.1]/rest/api/2", id="the server itself in the newer notation"),
        pytest.param("http://2130706433/rest/api/2", id="the server itself as a number"),
        pytest.param("http://169.254.169.254/rest/api/2", id="the metadata of a cloud"),
        pytest.param("http://metadata.google.internal/rest/api/2", id="the metadata of a cloud by name"),
        pytest.param("http://[fe80::1]/rest/api/2", id="a link-local address"),
        pytest.param("http://alertmanager.example:9093/rest/api/2", id="an Alertmanager"),
        pytest.param("https://mimir.example/rest/api/2", id="where samples are sent"),
    ],
)
def test_a_receiver_with_a_forbidden_address_is_refused(url: str) -> None:
    assert findings(jira(url)) == [DESK]
    assert findings(jira(url), HOOKS) == [DESK]


def test_with_allowed_hosts_receivers_with_other_hosts_are_refused() -> None:
    assert findings(jira("https://jira.elsewhere.example/rest/api/2")) == []
    assert findings(jira("https://jira.elsewhere.example/rest/api/2"), HOOKS) == [DESK]
    assert findings(jira("https://jira.acme.example/rest/api/2"), HOOKS) == []
    assert findings(jira("https://10.1.2.3/rest/api/2"), HOOKS) == []
    assert findings(jira("https://acme.example.evil.example/rest/api/2"), HOOKS) == [DESK]


def test_with_allowed_domains_mail_to_others_is_refused() -> None:
    assert findings(mail("a@elsewhere.example")) == []
    assert findings(
        mail("a@acme.example", "b@ACME.example", "c@evil.example", "d@acme.example.evil.example"), HOOKS
    ) == [("check/forbidden-receiver", f"notify.receivers.team.email.to[{index}]") for index in (2, 3)]


def test_users_notified_by_email_need_an_address_in_an_allowed_domain() -> None:
    people: Map = {
        "notified": {"name": "A", "email": "a@evil.example"},
        "not-named": {"name": "B", "email": "b@evil.example"},
        "otherwise": {"name": "C", "email": "c@evil.example", "receiver": {"email": {"to": ["c@acme.example"]}}},
    }
    receivers: Map = {"a": {"user": "notified"}, "c": {"user": "otherwise"}}
    value: Map = {"services": {}, "users": people, "notify": {"receivers": receivers}}
    assert findings(value, HOOKS) == [("check/forbidden-receiver", "users.notified.email")]


def test_a_receiver_that_only_the_platform_defines_may_have_any_address() -> None:
    receiver = jira("https://jira.elsewhere.example/rest/api/2")
    assert findings(receiver, HOOKS, ("platform", receiver)) == []
    half: Map = {"notify": {"receivers": {"desk": {"jira": {"project": "OPS"}}}}}
    assert findings(receiver, HOOKS, ("platform", receiver), ("tenant", half)) == [DESK]
