"""Whether what an environment or a unit says holds together: every check of a whole value, one after the other."""

from varve.check.dashboard import viewing
from varve.check.isolation import cost, discovery, label, limit, quota, reach, replica, store
from varve.check.notify import alertmanager
from varve.check.secrets import clear, custody
from varve.check.shape import parameter
from varve.check.unit import objective, seldom, slow, stray, timing
from varve.check.unit import reference as used
from varve.check.unit.reference import Named
from varve.model.diagnostic import Report
from varve.model.unit import Environment, Resolved


def check_platform(named: Named, report: Report) -> None:
    """Report what of an environment's own settings does not hold together."""
    environment = named.environment
    used.check_platform(named, report)
    timing.check_platform(environment, report)
    seldom.check_platform(environment, report)
    custody.check_platform(environment, report)
    clear.check_platform(environment, report)
    replica.check_platform(environment, report)
    store.check_platform(environment, report)
    discovery.check_platform(environment, report)
    alertmanager.check_platform(environment, report)
    viewing.check_platform(environment, report)


def check(unit: Resolved, named: Named, report: Report) -> None:
    """Report what a unit says that does not hold together, by itself or with its environment."""
    environment: Environment = named.environment
    used.check(unit, named, report)
    reach.check(unit, environment, report)
    discovery.check(unit, environment, report)
    clear.check(unit, report)
    quota.check(unit, report)
    limit.check(unit, report)
    cost.check(unit, environment, named.packs, report)
    label.check(unit, environment, report)
    replica.check(unit, environment, report)
    store.check(unit, environment, report)
    parameter.check(unit, named.packs, report)
    objective.check(unit, report)
    timing.check(unit, environment, report)
    seldom.check(unit, report)
    slow.check(unit, named.packs, environment, report)
    alertmanager.check(unit, environment, report)
    viewing.check(unit, environment, report)
    stray.check(unit, report)
