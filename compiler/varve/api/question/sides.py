"""Both sides of a change, compiled, for those who ask what it touches or what it means."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from typing import Final, NamedTuple, TypeVar

from varve.api.compile.run import compile_opening
from varve.api.effort import Effort, Work, working
from varve.api.findings import NONE, Findings, beside, gather
from varve.api.opening import asking_git, open_view
from varve.inquire.affected import Side
from varve.model.diagnostic import Note, Report
from varve.model.unit import Selection
from varve.world.disk import file
from varve.world.disk.spool import spooled
from varve.world.executor.fork import missing_workers
from varve.world.git.repository import Repository
from varve.world.snapshot.views import Commit, View

T = TypeVar("T")

_STATE: Final = ".varve"


class Views(NamedTuple):
    """The way from a commit to another view of the files."""

    base: str
    view: View


class _Seen(NamedTuple):
    """What is said of one side of a change, and what it compiles to, if that is known."""

    findings: Findings
    side: Side | None = None


def compare(
    repository: Repository, views: Views, effort: Effort, ask: Callable[[Side, Side], tuple[T, ...]]
) -> tuple[Findings, tuple[T, ...]]:
    """What is wrong after a change, and what `ask` says of both sides; nothing is written but what the cache remembers.

    Where nothing of one side can be compiled, `ask` is not asked, and what is said is what is wrong there.
    """
    report, said = Report(), NONE
    answer: tuple[T, ...] = ()
    with _working(repository, effort) as work, asking_git(report), missing_workers(report):
        before, after = (_seen(repository, each, work) for each in (Commit(views.base), views.view))
        report.extend(work.aside)
        if before.side and after.side:
            answer = ask(before.side, after.side)
            said = after.findings
        else:
            unknown = (each.findings.situated for each in (before, after) if each.side is None)
            said = Findings(tuple(chain.from_iterable(unknown)))
    return beside(said, report), answer


@contextmanager
def _working(repository: Repository, effort: Effort) -> Iterator[Work]:
    """What both sides are compiled with; artifacts are laid aside, if an earlier build has left a folder for that."""
    with working(repository, effort) as work, ExitStack() as stack:
        spool = None
        with suppress(OSError):
            root = stack.enter_context(file.opened(repository.root))
            spool = stack.enter_context(spooled(stack.enter_context(file.inside(root, _STATE))))
        yield work._replace(spool=spool)


def _seen(repository: Repository, view: View, work: Work) -> _Seen:
    report, said = Report(), Report()
    opening = open_view(repository, view, report)
    if opening is None:
        return _Seen(gather(report))
    build = compile_opening(opening, Selection(), said, work, apart=True)
    if said.broken:
        notes = (Note(f"in the commit `{view.revision}`"),) if isinstance(view, Commit) else ()
        report.extend(each._replace(notes=(*each.notes, *notes)) for each in said)
    # What is remembered was kept, and of all units it would be too much to hold.
    build = build._replace(recalled=(), learnt=())
    unknown = said.broken and not build.units
    return _Seen(gather(report, opening.snapshot), None if unknown else Side(opening.snapshot, build))
