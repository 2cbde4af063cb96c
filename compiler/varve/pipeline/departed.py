"""Tenants whose folders are gone, but whose artifacts stay because a new tenant, maybe the same one, is not built."""

from collections.abc import Iterator, Mapping, Sequence

from varve.check.unit import departed
from varve.model.diagnostic import Report
from varve.model.unit import Unit
from varve.pipeline.environment import Ground
from varve.pipeline.opening import Opened
from varve.pipeline.outcome import Outcome, kept_outcome


def with_departed(opened: Opened, grounds: Sequence[Ground], outcomes: list[Outcome], report: Report) -> list[Outcome]:
    """The outcomes of units, and those of departed tenants that keep their artifacts, which is reported.

    They do in each environment in which a new tenant, which has no artifacts yet, is not built.
    """
    if not report.broken and all(each.made is not None for each in outcomes):
        return outcomes
    newcomers = {ground.name: sorted(_newcomers(opened, ground, outcomes)) for ground in grounds}
    kept = {unit: newcomers[unit.environment] for unit in _departed(opened, newcomers)}
    reasons = {unit.tenant: new for unit, new in kept.items()}
    for tenant, new in sorted(reasons.items()):
        departed.report_kept(tenant, new, opened.reading.snapshot, report)
    found = (*outcomes, *(kept_outcome(opened, unit) for unit in kept))
    return sorted(found, key=lambda each: each.unit.tenant)


def _newcomers(opened: Opened, ground: Ground, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The new tenants of an environment that are not built, those with an invalid name included."""
    existing = opened.existing_artifacts()
    paths = (path.split("/") for path in opened.reading.snapshot.under("tenants"))
    yield from {parts[1] for parts in paths if parts[2:]}.difference(opened.tenants)
    own = (each for each in outcomes if each.unit.environment == ground.name and each.made is None)
    yield from (each.unit.tenant for each in own if each.unit not in existing)


def _departed(opened: Opened, newcomers: Mapping[str, Sequence[str]]) -> Iterator[Unit]:
    """The units that have artifacts but no sources, in environments that have newcomers."""
    for unit in opened.existing_artifacts():
        if unit.tenant and unit.tenant not in opened.tenants and newcomers.get(unit.environment):
            yield unit
