"""Runs all checks of an environment's settings, of two environments or of a unit, one after the other."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import chain, combinations

from varve.check.dashboard import viewing
from varve.check.isolation import cost, discovery, label, limit, quota, reach, replica, server, store, twin
from varve.check.notify import alertmanager, heartbeat
from varve.check.secrets import custody, transit
from varve.check.shape import parameter
from varve.check.unit import misspelling, objective, reference, slow_probe, staleness, timing
from varve.check.unit.reference import Definitions
from varve.model.diagnostic import Diagnostic, Report
from varve.model.unit import Environment, Resolved


def check_platform(definitions: Definitions, report: Report) -> None:
    """Report what is inconsistent in an environment's own settings."""
    environment = definitions.environment
    reference.check_platform(definitions, report)
    timing.check_platform(environment, report)
    staleness.check_platform(environment, report)
    custody.check_platform(environment, report)
    transit.check_platform(environment, report)
    replica.check_platform(environment, report)
    store.check_platform(environment, report)
    server.check_platform(environment, report)
    discovery.check_platform(environment, report)
    alertmanager.check_platform(environment, report)
    viewing.check_platform(environment, report)


def is_compared(environment: Environment) -> bool:
    """Whether an environment has what no other environment may have too."""
    return twin.writes(environment) or heartbeat.is_sent(environment) or server.sends(environment)


def check_pairs(
    environments: Sequence[Environment], selected: Collection[str], report: Report
) -> dict[str, tuple[Diagnostic, ...]]:
    """Report each environment that has something of an earlier one.

    Only pairs with a selected environment are reported. The diagnostics are returned by the names of both: whichever
    of them is deployed could be the one that has changed.
    """
    mistaken: dict[str, list[Diagnostic]] = defaultdict(list)
    for before, after in combinations(environments, 2):
        names = {before.name, after.name}
        if names.isdisjoint(selected):
            continue
        for found in chain.from_iterable(each.mistakes(before, after) for each in (twin, heartbeat, server)):
            report.extend((found,))
            for name in names:
                mistaken[name].append(found)
    return {name: tuple(each) for name, each in mistaken.items()}


def check(unit: Resolved, definitions: Definitions, report: Report) -> None:
    """Report what is inconsistent in a unit, by itself or with its environment."""
    environment: Environment = definitions.environment
    reference.check(unit, definitions, report)
    reach.check(unit, environment, report)
    discovery.check(unit, environment, report)
    transit.check(unit, report)
    quota.check(unit, report)
    limit.check(unit, report)
    cost.check(unit, environment, definitions.packs, report)
    label.check(unit, environment, report)
    replica.check(unit, environment, report)
    store.check(unit, environment, report)
    parameter.check(unit, definitions.packs, report)
    objective.check(unit, report)
    timing.check(unit, environment, report)
    staleness.check(unit, report)
    slow_probe.check(unit, definitions.packs, environment, report)
    alertmanager.check(unit, environment, report)
    viewing.check(unit, environment, report)
    misspelling.check(unit, report)
