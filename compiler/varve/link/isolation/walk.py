"""Every alert of a tenant on its way through the routes: whom it reaches, and what could silence it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from varve.language.fault import quote
from varve.language.matcher import Matcher
from varve.language.promql import LABEL
from varve.link.isolation.evidence import Breach, is_own
from varve.link.isolation.shape import listed, under
from varve.link.routing.alerts import arrived
from varve.link.routing.decision import Labels, Reached, reached
from varve.link.routing.tree import Node, Tree
from varve.model.unit import Environment
from varve.resolve.notify import PLATFORM

if TYPE_CHECKING:
    from varve.model.source import Map


def joined(frame: "Map", own: "Map") -> "Map":
    """What of an Alertmanager's file decides about the alerts of one tenant that shares it.

    That is the platform's `frame` and what the tenant's `own` file brings: what others bring is proven to match their
    own alerts alone.
    """
    nodes = [each for said in (frame, own) for each in listed(under(said, "route"), "routes")]
    rules, intervals = (listed(own, field) for field in ("inhibit_rules", "time_intervals"))
    return {"route": {**under(frame, "route"), "routes": nodes}, "inhibit_rules": rules, "time_intervals": intervals}


def strays(tree: Tree, environment: Environment, tenant: str, alerts: Iterable[Labels]) -> Iterator[Breach]:
    """The alerts of a tenant, by their labels, that reach another's receiver or nobody, or that others can silence."""
    for labels in alerts:
        if said := _astray(reached(tree, arrived(labels, environment, tenant)), tenant):
            yield Breach(f"the alert {quote(labels['alertname'])} of `{tenant}` {said}", ("route",))


def _astray(found: Reached, tenant: str) -> str | None:
    foreign = next((each for each in found.receivers if each != PLATFORM and not is_own(each, tenant)), None)
    if foreign is not None:
        return f"reaches the receiver {quote(foreign)}"
    own = Matcher(LABEL, "=", tenant)
    if any(own not in each.source and LABEL not in each.equal for each in found.threats):
        return "can be silenced by alerts of others"
    return None if found.receivers else "reaches nobody"


def routes(node: Node) -> int:
    """How many routes there are below a node."""
    return sum(1 + routes(each) for each in node.nodes)
