"""What is looked at, a unit and what becomes of its alerts, and where both are said in the sources."""

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
    """A unit with the tree that was made of it, what becomes of each of its alerts, and where to report.

    `routes` holds the keys of each route and each escalation with the leaves that are made of it, in their order.
    """

    unit: Resolved
    tree: Tree
    routes: Mapping[Keys, Sequence[Node]]
    outcomes: tuple[Outcome, ...]
    report: Report

    def said_at(self, leaf: Node) -> Keys:
        """The keys of the route or the escalation that a leaf is made of."""
        return next(keys for keys, leaves in self.routes.items() if leaf in leaves)

    def place(self, keys: Keys) -> Place:
        """The key of a value of the unit, where that was written."""
        return origin(self.unit.stack, keys)[0]._replace(on="key")


def own(tree: Tree) -> Node:
    """The node of the tenant in its own file, where the heartbeat's may stand before it."""
    return tree.root.nodes[-1]


def routes(unit: Resolved, tree: Tree) -> dict[Keys, list[Node]]:
    """The leaves of a unit's tree by the route or the escalation that they are made of."""
    found: defaultdict[Keys, list[Node]] = defaultdict(list)
    for keys, leaf in zip(leaves(unit.value), own(tree).nodes, strict=True):
        found[keys].append(leaf)
    return dict(found)


def place(unit: Resolved, alert: Alert) -> Place:
    """Where the sources say an alert, or ask for the pack that brings it."""
    *_, folder, file = alert.file.removesuffix(".yaml").split("/")
    if folder == "raw":
        group, rule = alert.at
        return Place(unit.vendor[file].path, ("groups", group, "rules", rule, "alert"))
    return origin(unit.stack, keys_of(unit.value, file, alert.name, alert.labels))[0]._replace(on="key")


def keys_of(value: Map, service: str, name: str, labels: Mapping[str, str]) -> Keys:
    """The keys of an alert, its objective, its pack or its probes; those of the tenant where it has no service."""
    said = notify.maps(value, "services").get(service)
    if said is None:
        return ("tenant",)
    pack, slo = labels.get("pack", ""), labels.get("slo", "")
    found = (("alerts", name), ("packs", pack), ("slos", slo))
    own = [each for each in found if each[1] in notify.maps(said, each[0]) and bool(pack) is (each[0] != "alerts")]
    return ("services", service, *own[0]) if own else ("services", service, "probes")
