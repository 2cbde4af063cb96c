"""Is every alert of a unit heard, by somebody and at every hour: proven on the routes and the rules that were made."""

from collections.abc import Sequence

from varve.link.reachability import quiet, route, silencing, unheard
from varve.link.reachability.heard import Heard, heard
from varve.link.reachability.outcome import outcomes
from varve.link.reachability.reach import Reach, keys_of, own, routes
from varve.link.reachability.reading import every, routed
from varve.model.artifact import Artifact
from varve.model.diagnostic import Report
from varve.model.unit import Environment, Resolved

__all__ = ["Heard", "check", "heard", "keys_of"]


def check(unit: Resolved, environment: Environment, artifacts: Sequence[Artifact], report: Report) -> None:
    """Report alerts that nobody of the tenant hears, ever or at some hours, and what of its routes does nothing.

    `artifacts` are what the compiler has made of the unit just before. A tenant without routes leaves its alerts to the
    platform, and nothing is reported.
    """
    tree = routed(artifacts)
    if tree is None or not own(tree).nodes:
        return
    found = outcomes(tree, every(unit.unit.tenant, environment, tree, artifacts))
    reach = Reach(unit, tree, routes(unit, tree), tuple(found), report)
    for each in (unheard, quiet, route, silencing):
        each.check(reach)
