"""What an Alertmanager would do with an alert: who is notified, by which route and when, and what inhibits it."""

from varve.link.routing.decision import Decision, Delivery, Inhibited, decide
from varve.link.routing.reading import read, read_own
from varve.link.routing.tree import Inhibition, Node, Tree, matched_labels

__all__ = [
    "Decision",
    "Delivery",
    "Inhibited",
    "Inhibition",
    "Node",
    "Tree",
    "decide",
    "matched_labels",
    "read",
    "read_own",
]
