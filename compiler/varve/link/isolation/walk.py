"""Every alert of a tenant on its way through the routes: whom it reaches, and what could silence it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from varve.language.fault import quote
from varve.language.matcher import Matcher
from varve.language.promql import LABEL
from varve.language.same import Same, Spelt, spelt
from varve.link.isolation.evidence import Breach, is_own
from varve.link.isolation.shape import listed, under
from varve.link.routing.alerts import arrived
from varve.link.routing.decision import Labels, Reached, reached
from varve.link.routing.tree import Node, Tree
from varve.model.unit import Environment
from varve.resolve.notify import PLATFORM

if TYPE_CHECKING:
    from varve.model.source import Map

_Held: TypeAlias = tuple[tuple[str, str], ...]
"""The labels of an alert that a tree asks for, each with its value."""


def joined(frame: "Map", own: "Map") -> "Map":
    """What of an Alertmanager's file decides about the alerts of one tenant that shares it.

    That is the platform's `frame` and what the tenant's `own` file brings: what others bring is proven to match their
    own alerts alone. Nobody may change it.
    """
    return _joined(_alike(Same(frame)), Same(own))


# The environments of a tenant come one after another, and in most of them both say the same.
@lru_cache(maxsize=4)
def _joined(frame: Same["Map"], own: Same["Map"]) -> "Map":
    nodes = [each for said in (frame.value, own.value) for each in listed(under(said, "route"), "routes")]
    rules, intervals = (listed(own.value, field) for field in ("inhibit_rules", "time_intervals"))
    route = {**under(frame.value, "route"), "routes": nodes}
    return {"route": route, "inhibit_rules": rules, "time_intervals": intervals}


@lru_cache(maxsize=16)
def _alike(frame: Same["Map"]) -> Same["Map"]:
    """One frame for all that say the same."""
    return _one(spelt(frame.value))


@lru_cache(maxsize=16)
def _one(frame: Spelt) -> Same["Map"]:
    return Same(frame.value)


def strays(tree: Tree, environment: Environment, tenant: str, alerts: Iterable[Labels]) -> Iterator[Breach]:
    """The alerts of a tenant, by their labels, that reach another's receiver or nobody, or that others can silence."""
    asked, astray = _walk(Same(tree), tenant)
    for labels in alerts:
        held = arrived(labels, environment, tenant)
        if said := astray(tuple([(name, held[name]) for name in asked if name in held])):
            yield Breach(f"the alert {quote(labels['alertname'])} of `{tenant}` {said}", ("route",))


@lru_cache(maxsize=16)
def _walk(tree: Same[Tree], tenant: str) -> tuple[Sequence[str], Callable[[_Held], str | None]]:
    """The labels that a tree asks for, and what is wrong with an alert that has those: it is found out once."""
    targets = (each.target for each in tree.value.inhibitions)
    asked = {each.name for matchers in (*_asked(tree.value.root), *targets) for each in matchers}
    return sorted(asked), cache(lambda held: _astray(reached(tree.value, dict(held)), tenant))


def _asked(node: Node) -> Iterator[tuple[Matcher, ...]]:
    yield node.matchers
    for each in node.nodes:
        yield from _asked(each)


def _astray(found: Reached, tenant: str) -> str | None:
    foreign = next((each for each in found.receivers if each != PLATFORM and not is_own(each, tenant)), None)
    if foreign is not None:
        return f"reaches the receiver {quote(foreign)}"
    own = Matcher(LABEL, "=", tenant)
    if any(own not in each.source and LABEL not in each.equal for each in found.threats):
        return "can be inhibited by other tenants' alerts"
    return None if found.receivers else "reaches nobody"


def routes(node: Node) -> int:
    """How many routes there are below a node."""
    return sum(1 + routes(each) for each in node.nodes)
