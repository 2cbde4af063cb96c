"""The whole compiler as a table of contents: read, resolve, check, emit, link."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, groupby
from typing import Final, NamedTuple

from varve.check.dashboard import viewing
from varve.emit import unused
from varve.link.isolation import total
from varve.model.artifact import Build
from varve.model.diagnostic import Diagnostic, Report
from varve.model.snapshot import Snapshot
from varve.model.unit import Environment, Selection, Unit
from varve.pipeline.departed import with_departed
from varve.pipeline.environment import Ground, JudgedEnvironment, judged_environments, resolve_environment
from varve.pipeline.group import learn_group, recall_group, tenant_groups
from varve.pipeline.linking import Linked
from varve.pipeline.means import Means
from varve.pipeline.misplaced import without_misplaced
from varve.pipeline.opening import Opened, Order, open_judged, open_repository, source_of
from varve.pipeline.outcome import Outcome, kept_outcome
from varve.pipeline.part import Part, compile_part, with_local_artifacts
from varve.pipeline.remembering import recall_or_judge_sealed, recall_or_link, recall_unit
from varve.pipeline.trusted import (
    Trusted,
    compare_with_trusted,
    files_of_touched,
    probe_matches,
    trusted_link,
    trusted_outcome,
)
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
"""The means of a compile without observer or memory, in this process."""


class _Compiled(NamedTuple):
    """The outcomes of all units, and the links of the environments by name, None for each that failed.

    `trusted` describes the trusted commit, None where there is none or it does not apply. `link_diagnostics` are those
    of linking, by environment.
    """

    outcomes: list[Outcome]
    linked: dict[str, Linked | None]
    trusted: Trusted | None
    link_diagnostics: dict[str, tuple[Diagnostic, ...]]


def compile(  # noqa: A001 - the word of the field
    snapshot: Snapshot,
    selection: Selection = EVERYTHING,
    means: Means = ALONE,
    *,
    judges: Snapshot | None = None,
    counting: bool = False,
) -> Build:
    """Compile the selected units and their environments; the build holds their artifacts and all diagnostics.

    A pure function of its arguments, whose result does not depend on `means`. Whatever is broken or not selected keeps
    the artifacts that the snapshot holds: their paths are in `Build.kept`, and the environments are linked with them.
    The policies are those of the snapshot, or of `judges` where a change must not judge itself; if the policies are
    broken, everything is kept. Unneeded waivers are not reported where `judges` is given, because the change itself may
    have made them unneeded. With `counting`, the build tallies what each policy was asked about, and no remembered
    verdict is used or added.
    """
    report = Report()
    means.observer.entered("open")
    order = Order(selection, judges, counting, means.memory, means.codes, means.carried)
    opened = open_judged(snapshot, order, report)
    judging = opened.bench if opened else None
    if not (opened and judging and repository.is_selectable(selection, opened.settings, opened.tenants, report)):
        return Build({}, frozenset(snapshot.under("build")), tuple(report))
    selected = [name for name in opened.settings.environments if selection.environment in (None, name)]
    environments = judged_environments(opened, selected, report)
    grounds = [each.ground for each in environments.values() if each.ground is not None]
    compiled = _compiled(opened, grounds, order, means, report)
    complete = selection == EVERYTHING and len(grounds) == len(opened.settings.environments)
    means.observer.entered("check")
    if selection == EVERYTHING and (compiled.trusted is None or compiled.trusted.sealed_changed):
        recall_or_judge_sealed(opened, grounds, report, complete=complete)
    if complete:
        _report_unused(opened, compiled, [each.environment for each in grounds], report)
    judged = [*(each.judged for each in environments.values()), *(each.judged for each in compiled.outcomes)]
    sound = complete and all(each.made is not None for each in compiled.outcomes)
    return _build(opened, compiled)._replace(
        diagnostics=tuple(report),
        library=judging.policies.whole() if counting else judging.policies.library,
        tallies=bench.merged_tallies(judged) if counting else (),
        unused_waivers=bench.unused_waivers(judging.policies.library, judged)
        if sound and not (judges or compiled.trusted)
        else (),
        recalled=tuple(opened.ledger.recalled),
        learnt=tuple(opened.ledger.learnt),
        questions={each.unit: each.questions for each in compiled.outcomes if each.questions},
        diagnostics_by_unit=_diagnostics_by_unit(environments, compiled),
        trusted=sum(each.made is not None and each.proof is None for each in compiled.outcomes),
    )


def _diagnostics_by_unit(
    environments: Mapping[str, JudgedEnvironment], compiled: _Compiled
) -> dict[Unit, tuple[Diagnostic, ...]]:
    """The diagnostics of each unit that has any; those of an environment belong to a unit without a tenant."""
    found = {each.unit: each.diagnostics for each in compiled.outcomes}
    for name, each in environments.items():
        found[Unit("", name)] = (*each.diagnostics, *compiled.link_diagnostics.get(name, ()))
    return {unit: diagnostics for unit, diagnostics in found.items() if diagnostics}


def _compiled(opened: Opened, grounds: list[Ground], order: Order, means: Means, report: Report) -> _Compiled:
    """Compile or recall the units, and link the environments."""
    selected = [tenant for tenant in opened.tenants if order.selection.tenant in (None, tenant)]
    trusted = compare_with_trusted(means.trusted, opened) if order.selection == EVERYTHING else None
    examined = [each for each in selected if trusted is None or each == trusted.probe or each in trusted.touched]
    found = _outcomes_of(opened, grounds, examined, means)
    if trusted and not probe_matches(trusted, opened, found):
        found |= _outcomes_of(opened, grounds, [each for each in selected if each not in examined], means)
        trusted = None
    opened.reading.questions.update(dict.fromkeys(chain.from_iterable(each.questions for each in found.values())))
    whole = trusted is None and order.selection == EVERYTHING
    found = without_misplaced(opened, found, report, whole=whole)
    means.observer.entered("link")
    wanted = frozenset(selected)
    every = (Unit(tenant, ground.name) for tenant in opened.tenants for ground in grounds)
    outcomes = [found.get(unit) or _uncompiled(opened, unit, wanted) for unit in every]
    outcomes = with_departed(opened, grounds, outcomes, report)
    for each in outcomes:
        report.extend(each.diagnostics)
        if each.verdict:
            (opened.ledger.recalled if each.remembered else opened.ledger.learnt).append(each.verdict)
    linking = {ground.name: Report() for ground in grounds}
    linked = {each.name: _recalled_or_linked(opened, each, trusted, outcomes, linking[each.name]) for each in grounds}
    for diagnostics in linking.values():
        report.extend(diagnostics)
    made = dict(chain.from_iterable(each.made.items() for each in linked.values() if each))
    for group in tenant_groups(opened, linked):
        learn_group(opened, group, found, made)
    return _Compiled(outcomes, linked, trusted, {name: tuple(diagnostics) for name, diagnostics in linking.items()})


def _outcomes_of(opened: Opened, grounds: list[Ground], tenants: list[str], means: Means) -> dict[Unit, Outcome]:
    """The outcomes of the units of these tenants: those that are remembered, and those that are compiled now."""
    means.observer.begin(len(tenants) * len(grounds))
    means.observer.entered("recall")
    names, wanted = [ground.name for ground in grounds], frozenset(tenants)
    groups = () if means.unit_by_unit else tenant_groups(opened, names)
    whole = [group for group in groups if wanted.issuperset(group.tenants)]
    found = {unit: each for group in whole for unit, each in recall_group(opened, group).items()}
    units = [Unit(tenant, name) for tenant in tenants for name in names]
    found |= {unit: known for unit in units if unit not in found and (known := recall_unit(opened, unit))}
    means.observer.entered("compile")
    for unit in found:
        means.observer.finished(unit, remembered=True)
    missing = groupby((unit for unit in units if unit not in found), lambda unit: unit.tenant)
    parts = [Part(tenant, tuple(unit.environment for unit in its)) for tenant, its in missing]
    for outcomes in means.executor(partial(compile_part, opened, grounds), parts):
        found |= {each.unit: with_local_artifacts(opened, each) for each in outcomes}
        for each in outcomes:
            means.observer.finished(each.unit, remembered=False)
    return found


def _uncompiled(opened: Opened, unit: Unit, selected: frozenset[str]) -> Outcome:
    """The outcome of a unit that was not examined: trusted where it was selected, else its artifacts are kept."""
    return trusted_outcome(opened, unit) if unit.tenant in selected else kept_outcome(opened, unit)


def _recalled_or_linked(
    opened: Opened, ground: Ground, trusted: Trusted | None, outcomes: list[Outcome], report: Report
) -> Linked | None:
    known = trusted_link(trusted, opened, ground, outcomes) if trusted else None
    return known or recall_or_link(opened, ground, outcomes, report)


def _build(opened: Opened, compiled: _Compiled) -> Build:
    """The build: what was made, and what is kept, of all units and environments."""
    linked = [each for each in compiled.linked.values() if each is not None]
    made = dict(chain.from_iterable((each.made or {}).items() for each in compiled.outcomes))
    made |= {path: id_ for each in linked for path, id_ in each.made.items()}
    artifacts = {each.path: each for outcome in compiled.outcomes for each in outcome.artifacts}
    artifacts |= {each.path: each for link in linked for each in link.artifacts}
    whole = {name for name, each in compiled.linked.items() if each is not None}
    kept = frozenset(path for path in _kept(opened, whole, compiled.outcomes) if path not in made)
    proofs = [each.proof for each in compiled.outcomes if each.proof and each.unit.environment in whole]
    return Build(
        artifacts,
        kept,
        (),
        made,
        tuple(each.unit for each in compiled.outcomes if each.made is not None),
        total((*(each.proven for each in proofs), *(each.proven for each in linked))),
    )


def _report_unused(opened: Opened, compiled: _Compiled, environments: Sequence[Environment], report: Report) -> None:
    """Warn of files from which nothing is built, except files of tenants with a broken unit, which may have read them.

    If there is a trusted commit, only the files of touched tenants are checked.
    """
    seen = opened.reading.snapshot
    broken = {outcome.unit.tenant for outcome in compiled.outcomes if outcome.made is None}
    examined = (each for each in opened.tenants if compiled.trusted is None or each in compiled.trusted.touched)
    places = tuple(f"tenants/{each}/" for each in examined if each not in broken)
    folders = [f"{each}dashboards" for each in places]
    dashboards = (source_of(opened, f"{each}/{name}") for each in folders for name in opened.reading.names(each))
    viewing.check_built(environments, filter(None, dashboards), report)
    if not (report.broken or seen.refused):
        trusted = compiled.trusted
        places = (*places, *files_of_touched(trusted, opened)) if trusted else ("environments/", "tenants/")
    if not (report.broken or seen.refused or compiled.trusted):
        unused.check(opened.kit, [path for path in seen.under(unused.ROOT) if path not in seen.library], report)
    repository.unread(seen, opened.reading.questions, places, report)


def _kept(opened: Opened, whole: set[str], outcomes: list[Outcome]) -> Iterator[str]:
    """The existing artifacts that are kept: those of environments outside `whole`, and of broken units."""
    waiting = {outcome.unit for outcome in outcomes if outcome.made is None}
    if not waiting and whole.issuperset(opened.settings.environments):
        return
    for unit, paths in opened.existing_artifacts().items():
        if unit.environment in opened.settings.environments and (unit.environment not in whole or unit in waiting):
            yield from paths
