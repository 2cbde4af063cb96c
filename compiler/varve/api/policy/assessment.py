"""To report how tenants stand to the frameworks that they are held to: everything is asked that can be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from varve import pipeline
from varve.api.findings import NONE, Findings, Result, gather
from varve.api.looking import view_of
from varve.api.opening import Opening, asking_git, open_view, plan_writing
from varve.api.policy import history as past
from varve.api.policy import listing
from varve.api.secrets import check as sealed
from varve.language import name
from varve.model.artifact import Build
from varve.model.assessment import Assessment, Ground, Question
from varve.model.diagnostic import Report, Severity
from varve.model.policy import Library
from varve.model.unit import Selection, Unit
from varve.pipeline import Opened
from varve.policy import assessment, choice, waiver
from varve.read import repository as shape
from varve.render import assessment as saying
from varve.render.page import page
from varve.world import evidence
from varve.world.git.repository import Repository
from varve.world.package import digest
from varve.world.snapshot import views
from varve.world.snapshot.views import Commit
from varve.write import plan as writing

WIDTH: Final = 100
"""How many columns the lines of a report have that is not shown on a terminal."""

_ASKED: Final[frozenset[Question]] = frozenset({"artifacts", "rotation", "examples", "waivers"})
_FAILING: Final = frozenset({"failed", "not judged"})


class Request(NamedTuple):
    """What is reported: for which day, of one framework or all, of one tenant or all, of a commit or the work tree.

    Of `history` commits at most, the newest first, the policies of changes are asked.
    """

    today: date
    framework: str | None = None
    tenant: str | None = None
    revision: str | None = None
    history: int = past.MOST


@dataclass(frozen=True, slots=True)
class Assessed(Result):
    """How tenants stand; the `assessment` is None where the repository or its policies cannot be read.

    `past` are those of the findings that nobody else says: what stood in the history, and what cannot be known of it.
    """

    findings: Findings
    assessment: Assessment | None = None
    past: Findings = NONE

    @property
    def failing(self) -> bool:
        """Whether anything is an error, or a check of a tenant's controls failed or could not be judged."""
        standings = self.assessment.standings if self.assessment else ()
        return self.broken or any(each.verdict in _FAILING for one in standings for each in one.controls)

    def text(self, *, colour: bool = False, width: int = WIDTH) -> str:
        """The report for people; empty where there is none."""
        return saying.text(self.assessment, colour=colour, width=width) if self.assessment else ""

    def json(self) -> str:
        """The report as one JSON document; empty where there is none."""
        return saying.json(self.assessment) if self.assessment else ""

    def html(self) -> str:
        """The report as one page that needs nothing else; empty where there is none."""
        return page(self.assessment) if self.assessment else ""


def assess(repository: Repository, request: Request) -> Assessed:
    """How tenants stand to the frameworks that they are held to, by all that can be asked; nothing is written."""
    report = Report()
    opening = open_view(repository, view_of(request.revision), report)
    if opening is None:
        return Assessed(gather(report))
    found, history = None, Report()
    with asking_git(report):
        found = _assessed(opening, request, report, history)
    told = gather(history, opening.snapshot)
    return Assessed(Findings((*gather(report, opening.snapshot).situated, *told.situated)), found, told)


def _assessed(opening: Opening, request: Request, report: Report, history: Report) -> Assessment | None:
    build = pipeline.compile(opening.snapshot, counting=True)
    opened = pipeline.open_repository(opening.snapshot, Report())
    if build.library is None or opened is None:
        report.extend(build.diagnostics)
        return None
    held = _held(opened, build.library, request, report)
    if held is None:
        return None
    report.extend(build.diagnostics)
    _ask(opening, build, opened, request.today, report)
    revision = opening.view.revision if isinstance(opening.view, Commit) else "HEAD"
    changes = past.judge(opening.repository, opening.snapshot, past.Wish(revision, request.history), history)
    searched = past.search(opening.repository, opening.snapshot, revision, history)
    commit = _commit(opening)
    return assessment.assess(
        Ground(
            build.library,
            build.tallies,
            (*report, *history),
            tuple(Unit(tenant, environment) for tenant in held for environment in opened.settings.environments),
            frozenset(build.units),
            held,
            commit,
            digest.compiler(),
            request.today,
            _ASKED if searched is None else _ASKED | {"past"},
            changes,
            (_again(commit, request),) if commit else (),
        )
    )


def _ask(opening: Opening, build: Build, opened: Opened, today: date, report: Report) -> None:
    """Report what a compile does not: of what is written down, of keys, of the policies themselves, and of the day."""
    # Policies ask for the rules by which artifacts fail, and must not take one that nobody could read for sound.
    writing.judge(plan_writing(opening, build), (), report)
    sealed.judge(opening, Selection(), today, report)
    if build.library is not None:
        listing.try_examples(build.library, opened.reading, report)
        waiver.expired(build.library, today, report)
        waiver.unused(build.idle, today, report)


def _held(opened: Opened, library: Library, request: Request, report: Report) -> Mapping[str, tuple[str, ...]] | None:
    """The frameworks that are asked about, by tenant; None where there is no such tenant or framework."""
    wanted = request.framework
    if not shape.is_selectable(Selection(None, request.tenant), opened.settings, opened.tenants, report):
        return None
    if wanted is not None and wanted not in library.frameworks:
        meant = name.meant(wanted, library.frameworks)
        hint = f"did you mean `{meant}`?" if meant else f"write `policies/frameworks/{wanted}.yaml`"
        # Of a tenant it is a warning; whoever asks for the framework alone gets nothing.
        rule = choice.UNKNOWN_FRAMEWORK._replace(severity=Severity.ERROR)
        report.say(rule, f"there is no framework `{wanted}`", hint=hint)
        return None
    tenants = [each for each in opened.tenants if request.tenant in (None, each)]
    named = {tenant: dict.fromkeys(_compliance(opened, tenant)) for tenant in tenants}
    held = {tenant: tuple(each for each in found if wanted in (None, each)) for tenant, found in named.items()}
    return {tenant: found for tenant, found in held.items() if found}


def _compliance(opened: Opened, tenant: str) -> Iterator[str]:
    """The frameworks that a tenant is held to in any environment; of what is broken, by files that name it."""
    for environment in opened.settings.environments:
        resolved = pipeline.resolve_unit(opened, Unit(tenant, environment), Report())
        if resolved:
            yield from choice.compliance(resolved.value)
            continue
        for stem in (f"tenants/{tenant}/tenant", f"environments/tenants/{tenant}"):
            document = opened.reading.find(stem)
            yield from choice.compliance(document.value or {}) if document else ()


def _commit(opening: Opening) -> str:
    """The id of the commit that was looked at; empty where the work tree is not what its commit holds."""
    view = opening.view
    if isinstance(view, Commit) or evidence.is_committed(opening.repository, Report()):
        revision = view.revision if isinstance(view, Commit) else "HEAD"
        return views.resolve(opening.repository, revision, Report()) or ""
    return ""


def _again(commit: str, request: Request) -> str:
    """The command that makes the same report of a commit."""
    said = {"--today": request.today.isoformat(), "--framework": request.framework, "--tenant": request.tenant}
    words = [f"{option} {value}" for option, value in said.items() if value]
    words += [f"--history {request.history}"] if request.history != past.MOST else []
    return " ".join(["varve policy report", f"--rev {commit}", *words])
