"""A tenant's part and the platform's frame route the tenant's alerts as the whole shared file does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.language.fault import Fault
from varve.link.isolation.walk import count_routes, misrouted, tenant_routing
from varve.link.routing.decision import decide
from varve.link.routing.reading import read
from varve.link.routing.tree import Tree
from varve.model.layer import Stack
from varve.model.unit import Environment

DEV = Environment("dev", {"external_labels": {"cluster": "a"}}, Stack(()))
TENANTS = ("acme", "bank", "crew")
ROOT = {"receiver": "platform", "group_by": ["tenant"]}
BEAT = {"receiver": "heartbeat", "matchers": ['alertname="Heartbeat"', 'tenant=""']}
MATCHERS = st.lists(st.sampled_from(["a=b", "a!=b", 'alertname="A"', 'a=~"b|"']), max_size=1)
LEAF = st.fixed_dictionaries({"matchers": MATCHERS, "continue": st.booleans()})
SIDES = st.tuples(MATCHERS, MATCHERS)
CONTRIBUTIONS = st.tuples(st.lists(LEAF, max_size=4), st.lists(SIDES, max_size=3))


def tree(file: Any) -> Tree:  # noqa: ANN401 - YAML
    found = read(file)
    assert not isinstance(found, Fault)
    return found


def tenant_file(tenant: str, leaves: list[Any], sides: list[Any]) -> dict[str, Any]:
    """A file that is confined to a tenant, as the proof of a single file requires."""
    own = f'tenant="{tenant}"'
    routes = [{**each, "receiver": f"{tenant}/r{index}"} for index, each in enumerate(leaves)]
    rules = [
        {"source_matchers": [own, *source], "target_matchers": [own, *target], "equal": ["tenant"]}
        for source, target in sides
    ]
    node = {"receiver": "platform", "matchers": [own], "routes": routes}
    return {"route": {**ROOT, "routes": [node]}, "inhibit_rules": rules}


@given(st.lists(CONTRIBUTIONS, min_size=3, max_size=3), st.sampled_from(TENANTS), st.booleans(), st.booleans())
def test_a_tenants_part_routes_its_alerts_as_the_whole_file_does(
    files: list[Any],
    tenant: str,
    marked: bool,  # noqa: FBT001 - drawn
    beats: bool,  # noqa: FBT001 - drawn
) -> None:
    own = {each: tenant_file(each, *said) for each, said in zip(TENANTS, files, strict=True)}
    frame: Any = {"route": {**ROOT, **({"routes": [BEAT]} if beats else {})}}
    nodes = [*frame["route"].get("routes", []), *(node for each in own.values() for node in each["route"]["routes"])]
    rules = [rule for each in own.values() for rule in each["inhibit_rules"]]
    whole = tree({"route": {**ROOT, "routes": nodes}, "inhibit_rules": rules})
    labels = {"tenant": tenant, "alertname": "A", **({"a": "b"} if marked else {})}
    part, all_ = decide(tree(tenant_routing(frame, own[tenant])), labels), decide(whole, labels)
    assert [(each.receiver, each.group) for each in part.deliveries] == [
        (each.receiver, each.group) for each in all_.deliveries
    ]
    assert part.threats == all_.threats


def test_every_route_is_counted() -> None:
    nodes: list[Any] = [{"matchers": ["a=b"], "routes": [{"receiver": "x"}, {"receiver": "y"}]}, {}]
    assert count_routes(tree({"route": {**ROOT, "routes": nodes}}).root) == 4


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ({"receiver": "bank/team"}, "the alert `A` of `acme` reaches the receiver `bank/team`"),
        ({"receiver": "platform", "matchers": ["a=b"]}, "the alert `A` of `acme` reaches nobody"),
        ({"receiver": "acme/team"}, None),
        ({"receiver": "platform", "routes": [{"receiver": "acme/team"}]}, None),
    ],
)
def test_the_message_names_whom_an_alert_reaches(file: Any, sentence: str | None) -> None:  # noqa: ANN401 - of any kind
    messages = [each.message for each in misrouted(tree({"route": file}), DEV, "acme", [{"alertname": "A"}])]
    assert messages == ([sentence] if sentence else [])


def test_alerts_are_distinguished_by_all_labels_that_routes_match() -> None:
    nodes: list[Any] = [{"matchers": ["cluster=b"], "receiver": "bank/team"}, {"receiver": "acme/team"}]
    walked = tree({"route": {**ROOT, "routes": nodes}})
    other = Environment("qa", {"external_labels": {"cluster": "b"}}, Stack(()))
    alerts = [{"alertname": "A"}, {"alertname": "B", "cluster": "b"}, {"alertname": "C", "severity": "info"}]
    assert [each.message for each in misrouted(walked, DEV, "acme", alerts)] == [
        "the alert `B` of `acme` reaches the receiver `bank/team`"
    ]
    assert len(list(misrouted(walked, other, "acme", alerts))) == 3
    assert len(list(misrouted(walked, DEV, "bank", alerts))) == 2


def test_alerts_that_others_can_inhibit_are_reported() -> None:
    rule: Any = {
        "source_matchers": ['severity="critical"'],
        "target_matchers": ['tenant="acme"'],
        "equal": ["service"],
    }
    (found,) = misrouted(tree({"route": ROOT, "inhibit_rules": [rule]}), DEV, "acme", [{"alertname": "A"}])
    assert found.message.endswith("can be inhibited by other tenants' alerts")


def test_equal_frames_share_a_cached_configuration() -> None:
    own = tenant_file("acme", [], [])
    frames: list[dict[str, Any]] = [{"route": {**ROOT, "group_wait": wait}} for wait in ("30s", "1m")]
    frame, other = frames
    assert tenant_routing(frame, own) is tenant_routing({"route": {**frame["route"]}}, own)
    assert tenant_routing(frame, {**own}) == tenant_routing(frame, own)
    assert tenant_routing(other, own)["route"] == {**other["route"], "routes": own["route"]["routes"]}
