"""What an Alertmanager would do with an alert: who is told, by which way, at which hours, and what silences it."""

from varve.link.routing.decision import Decision, Delivery, Inhibited, decide
from varve.link.routing.reading import read, read_own
from varve.link.routing.tree import Inhibition, Node, Tree, labels

__all__ = ["Decision", "Delivery", "Inhibited", "Inhibition", "Node", "Tree", "decide", "labels", "read", "read_own"]
