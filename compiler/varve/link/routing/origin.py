"""The route or escalation of the sources that a leaf of the tenant's tree is generated from."""

from varve.link.routing.decision import Delivery
from varve.model.source import Keys, Map
from varve.resolve import notify


def origin(unit: Map, delivery: Delivery) -> Keys | None:
    """The keys of the route or escalation of a resolved unit that made the delivery; None if none matched.

    The tenant's node has a leaf for each receiver of each route and escalation, in the order of evaluation.
    """
    path = delivery.node.path
    return leaves(unit)[path[1]] if len(path) > 1 else None


def leaves(unit: Map) -> list[Keys]:
    """For each leaf of the tenant's node, in order, the keys of the route or escalation that it is generated from."""
    settings = notify.notify(unit)
    found: list[Keys] = []
    for index, each in enumerate(notify.escalations(unit)):
        found += [("notify", "escalation", index)] * len(notify.listed(each, "receivers"))
    routes = notify.maps(settings, "routes")
    for name, each in sorted(routes.items(), key=lambda one: (notify.order(one[1]), one[0])):
        found += [("notify", "routes", name)] * len(notify.listed(each, "receivers"))
    return found
