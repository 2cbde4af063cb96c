"""Runs all checks of an environment's settings or of a unit, one after the other."""

from varve.check.dashboard import viewing
from varve.check.isolation import cost, discovery, label, limit, quota, reach, replica, store
from varve.check.notify import alertmanager
from varve.check.secrets import custody, transit
from varve.check.shape import parameter
from varve.check.unit import misspelling, objective, reference, slow_probe, staleness, timing
from varve.check.unit.reference import Definitions
from varve.model.diagnostic import Report
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
    discovery.check_platform(environment, report)
    alertmanager.check_platform(environment, report)
    viewing.check_platform(environment, report)


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
