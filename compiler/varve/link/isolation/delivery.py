"""The proof of how a tenant's alerts are routed, by its own Alertmanager if it is strict, else by the shared one."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple, cast

from varve.language.cache_key import IdentityKey
from varve.language.fault import Fault
from varve.link.isolation import alertmanager, heartbeat, walk
from varve.link.isolation.evidence import Breach, Contribution, File
from varve.link.isolation.shape import listed, maps, under
from varve.link.routing.alerts import alerts
from varve.link.routing.decision import Labels
from varve.link.routing.reading import read_cached
from varve.link.routing.tree import Tree
from varve.model.artifact import NOTHING_PROVEN, Proven
from varve.model.source import Map, Value
from varve.resolve.heartbeat import heartbeat as heartbeat_of

_RULES: Final = "rules"


class _Alerting(NamedTuple):
    """The number of alerts in a rule file (`number`), and their sets of labels, without duplicates."""

    number: int
    labels: Sequence[Labels]


def prove(contribution: Contribution, files: Sequence[File]) -> tuple[Proven, tuple[Breach, ...]]:
    """The numbers of the tenant's routes and of its alerts, and the breaches of their routing.

    `files` are the tenant's, none of which has a breach by itself.
    """
    configuration = _configuration(contribution, files)
    tree = read_cached(configuration) if configuration else None
    if configuration is None or tree is None:
        return NOTHING_PROVEN, ()
    if isinstance(tree, Fault):
        return NOTHING_PROVEN, (Breach(f"Alertmanager would not load it: {tree.message}"),)
    alerting = [_alerting(IdentityKey(file.value)) for file in files if file.steps[0] == _RULES]
    labels = chain.from_iterable(each.labels for each in alerting)
    misrouted = walk.misrouted(tree, contribution.environment, contribution.member.tenant, labels)
    routes, number = walk.count_routes(tree.root), sum(each.number for each in alerting)
    if not contribution.member.strict:
        platform_routes = len(listed(under(contribution.frame, "route"), "routes"))
        return Proven(routes=routes - platform_routes, alerts=number), tuple(misrouted)
    heartbeats = 1 if heartbeat.is_sent(configuration) else 0
    return Proven(routes=routes, alerts=number + heartbeats), (
        *_server_breaches(contribution, configuration, tree),
        *misrouted,
    )


def _configuration(contribution: Contribution, files: Sequence[File]) -> Map | None:
    """The configuration that routes the tenant's alerts; None if no Alertmanager receives them."""
    own = next((file for file in files if file.path == contribution.alertmanager_path), None)
    value = cast("Map", own.value or {}) if own else {}
    if contribution.member.strict:
        return value if own else None
    return walk.tenant_routing(contribution.frame, value) if contribution.frame else None


def _server_breaches(contribution: Contribution, configuration: Map, tree: Tree) -> Iterator[Breach]:
    """What differs from the platform's settings in a strict tenant's file; a kept one may have an earlier heartbeat."""
    environment, member = contribution.environment, contribution.member
    if member.fresh:
        yield from heartbeat.due_breaches(configuration, tree, heartbeat_of(environment, member.tenant))
    if heartbeat.is_sent(configuration):
        yield from heartbeat.routing_breaches(tree, environment, member.tenant)
    yield from alertmanager.platform_breaches(configuration, contribution.frame, fresh=member.fresh)


@lru_cache(maxsize=64)
def _alerting(file: IdentityKey[Value]) -> _Alerting:
    """The alerts of a rule file; cached, because files are the same in most environments of a tenant."""
    groups = maps(cast("Map", file.value or {}), "groups")
    return _Alerting(sum("alert" in rule for each in groups for rule in maps(each, "rules")), alerts([file.value]))
