"""The routing of every alert of a tenant: which receivers it reaches, and what could inhibit it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from varve.language.cache_key import ContentKey, IdentityKey, content_key
from varve.language.fault import quote
from varve.language.matcher import Matcher
from varve.language.promql import LABEL
from varve.link.isolation.evidence import Breach, is_own
from varve.link.isolation.shape import listed, under
from varve.link.routing.alerts import received_labels
from varve.link.routing.decision import Labels, Reached, reached
from varve.link.routing.tree import Node, Tree
from varve.model.unit import Environment
from varve.resolve.notify import PLATFORM

if TYPE_CHECKING:
    from varve.model.source import Map

_RoutedLabels: TypeAlias = tuple[tuple[str, str], ...]
"""The labels of an alert on which its routing depends, with their values."""


def tenant_routing(frame: "Map", own: "Map") -> "Map":
    """The part of the shared Alertmanager file that decides about the alerts of one tenant.

    This is the platform's `frame` with the routes, inhibitions and hours of the tenant's `own` file; those of other
    tenants are proven to match only their own alerts. Neither the arguments nor the cached result may be changed.
    """
    return _tenant_routing(_shared_frame(IdentityKey(frame)), IdentityKey(own))


# A tenant's environments are compiled one after another, and in most of them both files are the same.
@lru_cache(maxsize=4)
def _tenant_routing(frame: IdentityKey["Map"], own: IdentityKey["Map"]) -> "Map":
    nodes = [each for file in (frame.value, own.value) for each in listed(under(file, "route"), "routes")]
    rules, intervals = (listed(own.value, field) for field in ("inhibit_rules", "time_intervals"))
    route = {**under(frame.value, "route"), "routes": nodes}
    return {"route": route, "inhibit_rules": rules, "time_intervals": intervals}


@lru_cache(maxsize=16)
def _shared_frame(frame: IdentityKey["Map"]) -> IdentityKey["Map"]:
    """One and the same object for frames with equal content."""
    return _frame(content_key(frame.value))


@lru_cache(maxsize=16)
def _frame(frame: ContentKey) -> IdentityKey["Map"]:
    return IdentityKey(frame.value)


def misrouted(tree: Tree, environment: Environment, tenant: str, alerts: Iterable[Labels]) -> Iterator[Breach]:
    """The alerts of a tenant, given by labels, that reach another's receiver or none, or that others' can inhibit."""
    names, misrouting = _walk(IdentityKey(tree), tenant)
    for labels in alerts:
        received = received_labels(labels, environment, tenant)
        if reason := misrouting(tuple([(name, received[name]) for name in names if name in received])):
            yield Breach(f"the alert {quote(labels['alertname'])} of `{tenant}` {reason}", ("route",))


@lru_cache(maxsize=16)
def _walk(tree: IdentityKey[Tree], tenant: str) -> tuple[Sequence[str], Callable[[_RoutedLabels], str | None]]:
    """The labels on which routing depends, and a cached function from their values to what is wrong with the alert."""
    targets = (each.target for each in tree.value.inhibitions)
    names = {each.name for matchers in (*_matchers(tree.value.root), *targets) for each in matchers}
    return sorted(names), cache(lambda labels: _misrouting(reached(tree.value, dict(labels)), tenant))


def _matchers(node: Node) -> Iterator[tuple[Matcher, ...]]:
    yield node.matchers
    for each in node.nodes:
        yield from _matchers(each)


def _misrouting(found: Reached, tenant: str) -> str | None:
    foreign = next((each for each in found.receivers if each != PLATFORM and not is_own(each, tenant)), None)
    if foreign is not None:
        return f"reaches the receiver {quote(foreign)}"
    own = Matcher(LABEL, "=", tenant)
    if any(own not in each.source and LABEL not in each.equal for each in found.threats):
        return "can be inhibited by other tenants' alerts"
    return None if found.receivers else "reaches nobody"


def count_routes(node: Node) -> int:
    """The number of routes below a node."""
    return sum(1 + count_routes(each) for each in node.nodes)
