"""The input of the checks, a unit and the outcomes of its alerts, and the places of both in the sources."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from varve.link.reachability.alert import Alert
from varve.link.reachability.outcome import Outcome
from varve.link.routing import Node, Tree
from varve.link.routing.origin import leaves
from varve.model.diagnostic import Place, Report
from varve.model.source import Keys, Map
from varve.model.unit import Resolved
from varve.resolve import notify
from varve.resolve.history import origin


class Reach(NamedTuple):
    """A unit with its compiled tree, the outcome of each of its alerts, and the report for diagnostics.

    `routes` maps the keys of each route and escalation to the leaves that are generated from it, in order.
    """

    unit: Resolved
    tree: Tree
    routes: Mapping[Keys, Sequence[Node]]
    outcomes: tuple[Outcome, ...]
    report: Report

    def origin_of(self, leaf: Node) -> Keys:
        """The keys of the route or escalation that a leaf is generated from."""
        return next(keys for keys, leaves in self.routes.items() if leaf in leaves)

    def place(self, keys: Keys) -> Place:
        """The place of the key of a value of the unit, in the source that sets it."""
        return origin(self.unit.stack, keys)[0]._replace(on="key")


def tenant_node(tree: Tree) -> Node:
    """The tenant's node in its own file, which is the last one: a strict tenant's heartbeat node precedes it."""
    return tree.root.nodes[-1]


def routes(unit: Resolved, tree: Tree) -> dict[Keys, list[Node]]:
    """The leaves of a unit's tree, by the keys of the route or escalation that they are generated from."""
    found: defaultdict[Keys, list[Node]] = defaultdict(list)
    for keys, leaf in zip(leaves(unit.value), tenant_node(tree).nodes, strict=True):
        found[keys].append(leaf)
    return dict(found)


def place(unit: Resolved, alert: Alert) -> Place:
    """The place in the sources of an alert, or of the pack, objective or probe that adds it."""
    *_, folder, file = alert.file.removesuffix(".yaml").split("/")
    if folder == "raw":
        group, rule = alert.at
        return Place(unit.vendor[file].path, ("groups", group, "rules", rule, "alert"))
    return origin(unit.stack, keys_of(unit.value, file, alert.name, alert.labels))[0]._replace(on="key")


def keys_of(value: Map, service: str, name: str, labels: Mapping[str, str]) -> Keys:
    """The keys of an alert, or of its objective, pack or probes; `("tenant",)` if it belongs to no service."""
    settings = notify.maps(value, "services").get(service)
    if settings is None:
        return ("tenant",)
    pack, slo = labels.get("pack", ""), labels.get("slo", "")
    candidates = (("alerts", name), ("packs", pack), ("slos", slo))
    defining = [
        each for each in candidates if each[1] in notify.maps(settings, each[0]) and bool(pack) is (each[0] != "alerts")
    ]
    return ("services", service, *defining[0]) if defining else ("services", service, "probes")
