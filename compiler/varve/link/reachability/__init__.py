"""Checks that somebody is notified of every alert of a unit, at every hour, on the compiled routes and rules."""

from collections.abc import Sequence

from varve.link.reachability import catch_all, coverage, route, silencing
from varve.link.reachability.certain import CertainReceivers, certain_receivers
from varve.link.reachability.outcome import outcomes
from varve.link.reachability.reach import Reach, keys_of, routes, tenant_node
from varve.link.reachability.reading import unit_alerts, unit_tree
from varve.model.artifact import Artifact
from varve.model.diagnostic import Report
from varve.model.unit import Environment, Resolved

__all__ = ["CertainReceivers", "certain_receivers", "check", "keys_of"]


def check(unit: Resolved, environment: Environment, artifacts: Sequence[Artifact], report: Report) -> None:
    """Report alerts that nobody of the tenant is notified of, ever or at some hours, and routes without any effect.

    `artifacts` are those that the compiler has just made of the unit. For a tenant without routes, whose alerts go to
    the platform, nothing is reported.
    """
    tree = unit_tree(artifacts)
    if tree is None or not tenant_node(tree).nodes:
        return
    found = outcomes(tree, unit_alerts(unit.unit.tenant, environment, tree, artifacts))
    reach = Reach(unit, tree, routes(unit, tree), tuple(found), report)
    for each in (catch_all, coverage, route, silencing):
        each.check(reach)
