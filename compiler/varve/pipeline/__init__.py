"""The whole compiler as a table of contents: read, resolve, check, emit, link."""

from collections.abc import Iterator
from typing import Final

from varve.check import sealed
from varve.model.artifact import Build, Proven
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.model.unit import Selection, Unit
from varve.pipeline.environment import judged_environment, resolve_environment
from varve.pipeline.linking import link_environment
from varve.pipeline.opening import Opened, open_judged, open_repository
from varve.pipeline.outcome import Outcome, as_it_stands, compile_unit
from varve.pipeline.unit import is_consistent, merge_unit, resolve_unit, stack_unit
from varve.policy import bench
from varve.read import repository

__all__ = [
    "EVERYTHING",
    "Opened",
    "compile",
    "is_consistent",
    "merge_unit",
    "open_repository",
    "resolve_environment",
    "resolve_unit",
    "stack_unit",
]


EVERYTHING: Final = Selection()


def compile(  # noqa: A001 - the word of the field
    snapshot: Snapshot, selection: Selection = EVERYTHING, *, judges: Snapshot | None = None, counting: bool = False
) -> Build:
    """The artifacts of the selected units and of their environments, and everything that was said on the way.

    A pure function of its arguments. What is broken or not selected keeps the artifacts that the snapshot holds: those
    paths are in `Build.kept`, and the environments are linked over them. The policies are those of the snapshot, or of
    `judges` where a change must not judge itself; broken ones keep everything as it is. Waivers that nothing needs are
    not said of a change, which may be the one by which they have become so. With `counting`, the build tallies what
    policies were asked about.
    """
    report = Report()
    opened = open_judged(snapshot, selection, report, judges=judges, counting=counting)
    judging = opened.bench if opened else None
    if not (opened and judging and repository.is_selectable(selection, opened.settings, opened.tenants, report)):
        return Build({}, frozenset(snapshot.under("build")), tuple(report))
    selected = [name for name in opened.settings.environments if selection.environment in (None, name)]
    environments = [each for name in selected if (each := judged_environment(opened, name, report)) is not None]
    # A tenant at a time, and all its environments: what it says alike in them is then rendered once.
    outcomes = [
        compile_unit(opened, environment, tenant, report)
        if selection.tenant in (None, tenant)
        else as_it_stands(opened, Unit(tenant, environment.name))
        for tenant in opened.tenants
        for environment in environments
    ]
    linked = [link_environment(opened, environment, outcomes, report) for environment in environments]
    complete = selection == EVERYTHING and len(environments) == len(opened.settings.environments)
    if selection == EVERYTHING:
        sealed.check(opened.reading, environments, report, complete=complete)
    if complete:
        _say_unread(opened, outcomes, report)
    artifacts = {each.path: each for outcome in outcomes for each in outcome.artifacts or ()}
    artifacts |= {each.path: each for link in linked if link for each in link.artifacts}
    whole = {environment.name for environment, link in zip(environments, linked, strict=True) if link is not None}
    kept = frozenset(path for path in _kept(opened, whole, outcomes) if path not in artifacts)
    units = tuple(outcome.unit for outcome in outcomes if outcome.artifacts is not None)
    proven = Proven(*(sum(counts) for counts in zip(*(link.proven for link in linked if link), strict=True)))
    idle = bench.idle(judging) if complete and judges is None and len(units) == len(outcomes) else ()
    library, tallies = judging.policies.library, bench.counted(judging)
    return Build(artifacts, kept, tuple(report), units, proven, library, tallies, idle)


def _say_unread(opened: Opened, outcomes: list[Outcome], report: Report) -> None:
    """Warn of files that nothing reads; one tenant's mistakes are no reason to keep it from another."""
    seen = opened.reading.snapshot
    broken = {outcome.unit.tenant for outcome in outcomes if outcome.artifacts is None}
    sound = tuple(f"tenants/{each}/" for each in opened.tenants if each not in broken)
    folders = sound if report.broken or seen.refused else ("environments/", "tenants/")
    repository.unread(seen, opened.reading.opened, folders, report)


def _kept(opened: Opened, whole: set[str], outcomes: list[Outcome]) -> Iterator[str]:
    """The standing artifacts that stay: those of environments that are not built as a `whole`, and of broken units."""
    waiting = {outcome.unit for outcome in outcomes if outcome.artifacts is None}
    for unit, paths in opened.standing.items():
        if unit.environment in opened.settings.environments and (unit.environment not in whole or unit in waiting):
            yield from paths
