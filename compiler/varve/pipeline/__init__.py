"""The whole compiler as a table of contents: read, resolve, check, emit, link."""

from collections.abc import Iterator
from functools import partial
from itertools import chain, groupby
from typing import Final, NamedTuple

from varve.check.isolation import twin
from varve.emit import own
from varve.link.isolation import summed
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.model.unit import Selection, Unit
from varve.pipeline.environment import Ground, judged_environment, resolve_environment
from varve.pipeline.linking import Linked
from varve.pipeline.means import Means
from varve.pipeline.opening import Opened, Order, open_judged, open_repository
from varve.pipeline.outcome import Outcome, as_it_stands
from varve.pipeline.part import Part, compile_part, here
from varve.pipeline.remembering import recall_unit, settle_link, settle_sealed
from varve.pipeline.since import Since, beside, holds, link, since, stands
from varve.pipeline.together import learn_together, neighbours, recall_together
from varve.pipeline.unit import is_consistent, merge_unit, resolve_unit, stack_unit
from varve.policy import bench
from varve.read import repository

__all__ = [
    "ALONE",
    "EVERYTHING",
    "Means",
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
ALONE: Final = Means()
"""A compile that nobody watches, and that remembers nothing."""


class _Parts(NamedTuple):
    """What became of all units, and of the environments that they are linked to: None where that failed."""

    outcomes: list[Outcome]
    linked: dict[str, Linked | None]
    trusted: Since | None


def compile(  # noqa: A001 - the word of the field
    snapshot: Snapshot,
    selection: Selection = EVERYTHING,
    means: Means = ALONE,
    *,
    judges: Snapshot | None = None,
    counting: bool = False,
) -> Build:
    """The artifacts of the selected units and of their environments, and everything that was said on the way.

    A pure function of its arguments, and by whatever `means` the same. What is broken or not selected keeps the
    artifacts that the snapshot holds: those paths are in `Build.kept`, and the environments are linked over them. The
    policies are those of the snapshot, or of `judges` where a change must not judge itself; broken ones keep everything
    as it is. Waivers that nothing needs are not said of a change, which may be the one by which they have become so.
    With `counting`, the build tallies what policies were asked about, and nothing is remembered.
    """
    report = Report()
    means.observer.entered("open")
    order = Order(selection, judges, counting, means.memory, means.codes, means.carried)
    opened = open_judged(snapshot, order, report)
    judging = opened.bench if opened else None
    if not (opened and judging and repository.is_selectable(selection, opened.settings, opened.tenants, report)):
        return Build({}, frozenset(snapshot.under("build")), tuple(report))
    selected = [name for name in opened.settings.environments if selection.environment in (None, name)]
    settled = [judged_environment(opened, name, report) for name in selected]
    grounds = [each.ground for each in settled if each.ground is not None]
    parts = _parts(opened, grounds, order, means, report)
    complete = selection == EVERYTHING and len(grounds) == len(opened.settings.environments)
    means.observer.entered("check")
    if selection == EVERYTHING and (parts.trusted is None or parts.trusted.seals):
        settle_sealed(opened, grounds, report, complete=complete)
    if complete:
        twin.check([each.environment for each in grounds], report)
        _say_unread(opened, parts, report)
    judged = [*(each.judged for each in settled), *(each.judged for each in parts.outcomes)]
    sound = complete and all(each.made is not None for each in parts.outcomes)
    return _joined(opened, parts)._replace(
        diagnostics=tuple(report),
        library=judging.policies.whole() if counting else judging.policies.library,
        tallies=bench.counted(judged) if counting else (),
        idle=bench.idle(judging.policies.library, judged) if sound and not (judges or parts.trusted) else (),
        recalled=tuple(opened.ledger.recalled),
        learnt=tuple(opened.ledger.learnt),
        asked={each.unit: each.asked for each in parts.outcomes if each.asked},
        trusted=sum(each.made is not None and each.confined is None for each in parts.outcomes),
    )


def _parts(opened: Opened, grounds: list[Ground], order: Order, means: Means, report: Report) -> _Parts:
    """What becomes of the units, and of the environments that they are linked to."""
    asked = [tenant for tenant in opened.tenants if order.selection.tenant in (None, tenant)]
    trusted = since(means.trusted, opened) if order.selection == EVERYTHING else None
    looked = [each for each in asked if trusted is None or each == trusted.probe or each in trusted.touched]
    found = _found(opened, grounds, looked, means)
    if trusted and not holds(trusted, opened, found):
        found |= _found(opened, grounds, [each for each in asked if each not in looked], means)
        trusted = None
    means.observer.entered("link")
    wanted = frozenset(asked)
    every = (Unit(tenant, ground.name) for tenant in opened.tenants for ground in grounds)
    outcomes = [found.get(unit) or _unseen(opened, unit, wanted) for unit in every]
    for each in outcomes:
        report.extend(each.said)
        if each.verdict:
            (opened.ledger.recalled if each.remembered else opened.ledger.learnt).append(each.verdict)
    opened.reading.asked.update(dict.fromkeys(chain.from_iterable(each.asked for each in outcomes)))
    linked = {ground.name: _linked(opened, ground, trusted, outcomes, report) for ground in grounds}
    made = dict(chain.from_iterable(each.made.items() for each in linked.values() if each))
    for some in neighbours(opened, linked):
        learn_together(opened, some, found, made)
    return _Parts(outcomes, linked, trusted)


def _found(opened: Opened, grounds: list[Ground], tenants: list[str], means: Means) -> dict[Unit, Outcome]:
    """What becomes of the units of these tenants: what is remembered, and what is compiled now."""
    means.observer.begin(len(tenants) * len(grounds))
    means.observer.entered("recall")
    names, wanted = [ground.name for ground in grounds], frozenset(tenants)
    whole = [some for some in neighbours(opened, names) if not means.apart and wanted.issuperset(some.tenants)]
    found = {unit: each for some in whole for unit, each in recall_together(opened, some).items()}
    units = [Unit(tenant, name) for tenant in tenants for name in names]
    found |= {unit: known for unit in units if unit not in found and (known := recall_unit(opened, unit))}
    means.observer.entered("compile")
    for unit in found:
        means.observer.finished(unit, remembered=True)
    missing = groupby((unit for unit in units if unit not in found), lambda unit: unit.tenant)
    parts = [Part(tenant, tuple(unit.environment for unit in own)) for tenant, own in missing]
    for settled in means.executor(partial(compile_part, opened, grounds), parts):
        found |= {each.unit: here(opened, each) for each in settled}
        for each in settled:
            means.observer.finished(each.unit, remembered=False)
    return found


def _unseen(opened: Opened, unit: Unit, asked: frozenset[str]) -> Outcome:
    """A unit that nobody looked at: one that was asked for is trusted, and others keep what they have."""
    return stands(opened, unit) if unit.tenant in asked else as_it_stands(opened, unit)


def _linked(
    opened: Opened, ground: Ground, trusted: Since | None, outcomes: list[Outcome], report: Report
) -> Linked | None:
    known = link(trusted, opened, ground, outcomes) if trusted else None
    return known or settle_link(opened, ground, outcomes, report)


def _joined(opened: Opened, parts: _Parts) -> Build:
    """What was made and what is kept, of all parts."""
    linked = [each for each in parts.linked.values() if each is not None]
    made = dict(chain.from_iterable((each.made or {}).items() for each in parts.outcomes))
    made |= {path: id_ for each in linked for path, id_ in each.made.items()}
    artifacts = {each.path: each for outcome in parts.outcomes for each in outcome.artifacts}
    artifacts |= {each.path: each for link in linked for each in link.artifacts}
    whole = {name for name, each in parts.linked.items() if each is not None}
    kept = frozenset(path for path in _kept(opened, whole, parts.outcomes) if path not in made)
    confined = [each.confined for each in parts.outcomes if each.confined and each.unit.environment in whole]
    return Build(
        artifacts,
        kept,
        (),
        made,
        tuple(each.unit for each in parts.outcomes if each.made is not None),
        summed((*(each.proven for each in confined), *(each.proven for each in linked))),
    )


def _say_unread(opened: Opened, parts: _Parts, report: Report) -> None:
    """Warn of files that nothing reads; one tenant's mistakes are no reason to keep it from another.

    Where a commit is trusted only the files of those who are touched are looked at.
    """
    seen = opened.reading.snapshot
    broken = {outcome.unit.tenant for outcome in parts.outcomes if outcome.made is None}
    looked = (each for each in opened.tenants if parts.trusted is None or each in parts.trusted.touched)
    places = tuple(f"tenants/{each}/" for each in looked if each not in broken)
    if not (report.broken or seen.refused):
        places = (*places, *beside(parts.trusted, opened)) if parts.trusted else ("environments/", "tenants/")
    if not (report.broken or seen.refused or parts.trusted):
        own.check(opened.kit, [path for path in seen.under(own.ROOT) if path not in seen.library], report)
    repository.unread(seen, opened.reading.asked, places, report)


def _kept(opened: Opened, whole: set[str], outcomes: list[Outcome]) -> Iterator[str]:
    """The standing artifacts that stay: those of environments that are not built as a `whole`, and of broken units."""
    waiting = {outcome.unit for outcome in outcomes if outcome.made is None}
    if not waiting and whole.issuperset(opened.settings.environments):
        return
    for unit, paths in opened.standing().items():
        if unit.environment in opened.settings.environments and (unit.environment not in whole or unit in waiting):
            yield from paths
