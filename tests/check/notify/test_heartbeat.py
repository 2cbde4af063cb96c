"""Every server that sends a heartbeat has its own address; the single mistakes are in `tests/bad/notify.toml`."""

from varve.check.notify.heartbeat import check_platform, mistakes
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map
from varve.model.unit import Environment

BOTH: Map = {"prometheus": {"version": "3.5"}, "alertmanager": {"version": "0.34"}}


def findings(platform: Map) -> list[tuple[str, str]]:
    """The code of each mistake, with the last of its keys."""
    report, whole = Report(), {"targets": BOTH, **platform}
    layer = Layer("production", 30, "platform", "environments/production.yaml", {"platform": whole})
    stack = Stack((layer,))
    check_platform(Environment("production", whole, stack), report)
    return [(each.rule.code.partition("/")[2], str(each.place.keys[-1])) for each in report if each.place]


def heartbeats(**secrets: str) -> Map:
    return {tenant: {"heartbeat_url": {"secret": secret}} for tenant, secret in secrets.items()}


SHARED: Map = {"url": {"secret": "beat/shared"}}


def test_servers_with_an_address_each_are_valid() -> None:
    assert findings({"heartbeat": SHARED, "strict": heartbeats(bank="beat/bank", vault="beat/vault")}) == []
    assert findings({"strict": {"bank": {}}}) == []
    assert findings({}) == []


def test_every_strict_tenant_needs_one() -> None:
    found = findings({"heartbeat": SHARED, "strict": {**heartbeats(bank="beat/bank"), "vault": {}, "zoo": {}}})
    assert found == [("strict-without-heartbeat", "vault"), ("strict-without-heartbeat", "zoo")]


def test_a_shared_address_is_reported_at_all_but_the_first_server() -> None:
    found = findings(
        {"heartbeat": SHARED, "strict": heartbeats(bank="beat/shared", vault="beat/shared", zoo="beat/zoo")}
    )
    assert found == [("shared-heartbeat", "heartbeat_url")] * 2


def test_heartbeats_that_nothing_sends_are_each_reported_once() -> None:
    assert (
        findings({"strict": heartbeats(bank="beat/bank", vault="beat/vault")})
        == [("idle-heartbeat", "heartbeat_url")] * 2
    )
    found = findings({"heartbeat": SHARED, "targets": {"prometheus": {"version": "3.5"}}, "strict": {"bank": {}}})
    assert found == [("idle-heartbeat", "heartbeat")]


def pair(first: Map, second: Map, second_file: str = "b.yaml") -> list[tuple[str, str, int]]:
    """Each mistake of two environments: its message, the path of its place, and the number of its notes."""
    both = (("dev", "a.yaml", first), ("staging", second_file, second))
    environments = [
        Environment(name, platform, Stack((Layer("own", 30, "platform", file, {"platform": platform}),)))
        for name, file, platform in both
    ]
    return [
        (each.message, ".".join(map(str, each.place.keys)) if each.place else "", len(each.notes))
        for each in mistakes(*environments)
    ]


def test_heartbeats_of_two_environments_have_two_addresses() -> None:
    message = "`beat/shared` is the address of a heartbeat in `staging` and in `dev`"
    other: Map = {"heartbeat": {"url": {"secret": "beat/other"}}}
    assert pair({"heartbeat": SHARED}, {"heartbeat": SHARED}) == [(message, "platform.heartbeat.url", 1)]
    assert pair({"heartbeat": SHARED}, {**other, "strict": heartbeats(bank="beat/shared")}) == [
        (message, "platform.strict.bank.heartbeat_url", 1)
    ]
    assert (
        pair({"heartbeat": SHARED}, other) == pair({}, {"heartbeat": SHARED}) == pair({"heartbeat": SHARED}, {}) == []
    )


def test_a_heartbeat_that_both_inherit_has_one_place() -> None:
    ((_, place, notes),) = pair({"heartbeat": SHARED}, {"heartbeat": SHARED}, "a.yaml")
    assert (place, notes) == ("platform.heartbeat.url", 0)
