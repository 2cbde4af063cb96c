"""Both sides of a change, compiled, for questions about what it touches and what it means."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from typing import Final, NamedTuple, TypeVar

from varve.api.compile.run import compile_opening
from varve.api.effort import Effort, Work, working
from varve.api.findings import NO_FINDINGS, Findings, gather, with_report
from varve.api.opening import open_view, reporting_git_errors
from varve.inquire.affected import Side
from varve.model.artifact import Build
from varve.model.diagnostic import Diagnostic, Note, Report
from varve.model.unit import Selection, Unit
from varve.world.disk import file
from varve.world.disk.spool import spooled
from varve.world.executor.fork import reporting_lost_workers
from varve.world.git.repository import Repository
from varve.world.snapshot.views import Commit, View

T = TypeVar("T")

_EVERYTHING: Final = Selection()
_STATE: Final = ".varve"


class Views(NamedTuple):
    """The two sides of a change: a commit, and another view of the files."""

    base: str
    view: View


class _CompiledSide(NamedTuple):
    """The findings about one side of a change, and its build, None if nothing could be compiled."""

    findings: Findings
    side: Side | None = None


def compare(
    repository: Repository,
    views: Views,
    effort: Effort,
    ask: Callable[[Side, Side], tuple[T, ...]],
    selection: Selection = _EVERYTHING,
) -> tuple[Findings, tuple[T, ...]]:
    """The findings after a change, and the result of `ask` for both sides; nothing is written except cached verdicts.

    If nothing of one side can be compiled, `ask` is not called, and the findings are about that side.
    Findings that only concern units, environments or folders outside of the `selection` are left out.
    """
    report, findings = Report(), NO_FINDINGS
    answer: tuple[T, ...] = ()
    with _working(repository, effort) as work, reporting_git_errors(report), reporting_lost_workers(report):
        before, after = (_compiled_side(repository, each, work, selection) for each in (Commit(views.base), views.view))
        report.extend(work.cache_report)
        if before.side and after.side:
            answer = ask(before.side, after.side)
            findings = after.findings
        else:
            unknown = (each.findings.situated for each in (before, after) if each.side is None)
            findings = Findings(tuple(chain.from_iterable(unknown)))
    return with_report(findings, report), answer


@contextmanager
def _working(repository: Repository, effort: Effort) -> Iterator[Work]:
    """What both sides are compiled with; artifacts are held in a temporary file if a build has left a folder for it."""
    with working(repository, effort) as work, ExitStack() as stack:
        spool = None
        with suppress(OSError):
            root = stack.enter_context(file.opened(repository.root))
            spool = stack.enter_context(spooled(stack.enter_context(file.inside(root, _STATE))))
        yield work._replace(spool=spool)


def _compiled_side(repository: Repository, view: View, work: Work, selection: Selection) -> _CompiledSide:
    report, found = Report(), Report()
    opening = open_view(repository, view, report)
    if opening is None:
        return _CompiledSide(gather(report))
    build = compile_opening(opening, Selection(), found, work, unit_by_unit=True)
    shown = found if selection == _EVERYTHING else _selected(selection, build, found)
    if shown.broken:
        notes = (Note(f"in the commit `{view.revision}`"),) if isinstance(view, Commit) else ()
        report.extend(each._replace(notes=(*each.notes, *notes)) for each in shown)
    # The verdicts were written to the cache, and those of all units would take too much memory.
    build = build._replace(recalled=(), learnt=())
    unknown = shown.broken and not build.units
    return _CompiledSide(gather(report, opening.snapshot), None if unknown else Side(opening.snapshot, build))


def _selected(selection: Selection, build: Build, found: Report) -> Report:
    """The diagnostics, without those that are only about other units, environments or folders of other tenants.

    A report keeps a limited number of similar diagnostics. Here, those about others do not count.
    """
    of_units = frozenset(chain.from_iterable(build.diagnostics_by_unit.values()))
    kinds = {_kind(each) for each in of_units}
    report = Report()
    report.extend(
        each
        for each in found
        if each not in of_units
        and not (each.more and _kind(each) in kinds)
        and not _is_of_another(selection.tenant, each)
    )
    for unit, diagnostics in build.diagnostics_by_unit.items():
        if _contains(selection, unit):
            report.extend(diagnostics)
    return report


def _contains(selection: Selection, unit: Unit) -> bool:
    """Whether a selection has a unit, or the environment that a unit without a tenant stands for."""
    is_wanted = selection.tenant is None or unit.tenant in ("", selection.tenant)
    return is_wanted and selection.environment in (None, unit.environment)


def _is_of_another(tenant: str | None, diagnostic: Diagnostic) -> bool:
    """Whether a diagnostic is about a file in the folder of another tenant than the one that is asked about, if any."""
    file = diagnostic.place.file if diagnostic.place else ""
    return tenant is not None and file.startswith("tenants/") and not file.startswith(f"tenants/{tenant}/")


def _kind(diagnostic: Diagnostic) -> tuple[str, str]:
    """The rule and the file that similar diagnostics have in common."""
    return diagnostic.rule.code, diagnostic.place.file if diagnostic.place else ""
