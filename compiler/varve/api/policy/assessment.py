"""Reporting how tenants stand to the frameworks that they are held to, by everything that can be checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from varve import pipeline
from varve.api.findings import NO_FINDINGS, Findings, Result, gather
from varve.api.looking import view_of
from varve.api.opening import Opening, open_view, plan_writing, reporting_git_errors
from varve.api.policy import history as past
from varve.api.policy import listing
from varve.api.secrets import check as sealed
from varve.language import name
from varve.model.artifact import Build
from varve.model.assessment import Assessment, Basis, Question
from varve.model.diagnostic import Report, Severity
from varve.model.policy import Library
from varve.model.unit import Selection, Unit
from varve.pipeline import Opened
from varve.policy import assessment, choice, waiver
from varve.read import repository as shape
from varve.render import assessment as rendering
from varve.render.page import page
from varve.resolve import platform
from varve.world import evidence
from varve.world.git.repository import Repository
from varve.world.package import digest
from varve.world.snapshot import views
from varve.world.snapshot.views import Commit
from varve.write import plan as writing

WIDTH: Final = 100
"""The width, in columns, of a report that is not printed on a terminal."""

_QUESTIONS: Final[frozenset[Question]] = frozenset({"artifacts", "rotation", "examples", "waivers"})
_FAILING: Final = frozenset({"failed", "not judged"})


class Request(NamedTuple):
    """What to report: on which day, by one framework or all, for one tenant or all, at a commit or in the work tree.

    The policies of changes are asked about the newest `history` changes at most.
    """

    today: date
    framework: str | None = None
    tenant: str | None = None
    revision: str | None = None
    history: int = past.MOST


@dataclass(frozen=True, slots=True)
class Assessed(Result):
    """How tenants stand; the `assessment` is None if the repository or its policies cannot be read.

    `past` are the findings about the history, which no other call reports: credentials in it, and what cannot be known.
    """

    findings: Findings
    assessment: Assessment | None = None
    past: Findings = NO_FINDINGS

    @property
    def failing(self) -> bool:
        """Whether there is an error, or a check of a tenant's controls has failed or could not be judged."""
        standings = self.assessment.standings if self.assessment else ()
        return self.broken or any(each.verdict in _FAILING for one in standings for each in one.controls)

    def text(self, *, colour: bool = False, width: int = WIDTH) -> str:
        """The report for people; empty if there is none."""
        return rendering.text(self.assessment, colour=colour, width=width) if self.assessment else ""

    def json(self) -> str:
        """The report as one JSON document; empty if there is none."""
        return rendering.json(self.assessment) if self.assessment else ""

    def html(self) -> str:
        """The report as one self-contained HTML page; empty if there is none."""
        return page(self.assessment) if self.assessment else ""


def assess(repository: Repository, request: Request) -> Assessed:
    """How tenants stand to the frameworks that they are held to; nothing is written."""
    report = Report()
    opening = open_view(repository, view_of(request.revision), report)
    if opening is None:
        return Assessed(gather(report))
    found, history = None, Report()
    with reporting_git_errors(report):
        found = _assessed(opening, request, report, history)
    of_history = gather(history, opening.snapshot)
    return Assessed(Findings((*gather(report, opening.snapshot).situated, *of_history.situated)), found, of_history)


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
    changes = past.judge(opening.repository, opening.snapshot, past.Request(revision, request.history), history)
    searched = past.search(opening.repository, opening.snapshot, revision, history)
    commit = _commit(opening)
    return assessment.assess(
        Basis(
            build.library,
            build.tallies,
            (*report, *history),
            tuple(Unit(tenant, environment) for tenant in held for environment in opened.settings.environments),
            frozenset(build.units),
            held,
            commit,
            digest.compiler(),
            request.today,
            _QUESTIONS if searched is None else _QUESTIONS | {"past"},
            changes,
            (_command(commit, request),) if commit else (),
            _unrouted(opened),
        )
    )


def _ask(opening: Opening, build: Build, opened: Opened, today: date, report: Report) -> None:
    """Report what a compile does not: about `build/`, sealed files, the policies' examples, and waivers on that day."""
    # Policies depend on the rules of these diagnostics, and an artifact that cannot be read must not count as sound.
    writing.judge(plan_writing(opening, build), (), report)
    sealed.judge(opening, Selection(), today, report)
    if build.library is not None:
        listing.try_examples(build.library, opened.reading, report)
        waiver.report_expired(build.library, today, report)
        waiver.report_unused(build.unused_waivers, today, report)


def _held(opened: Opened, library: Library, request: Request, report: Report) -> Mapping[str, tuple[str, ...]] | None:
    """The frameworks to report on, by tenant; None if the requested tenant or framework does not exist."""
    wanted = request.framework
    if not shape.is_selectable(Selection(None, request.tenant), opened.settings, opened.tenants, report):
        return None
    if wanted is not None and wanted not in library.frameworks:
        meant = name.meant(wanted, library.frameworks)
        hint = f"did you mean `{meant}`?" if meant else f"write `policies/frameworks/{wanted}.yaml`"
        # It is a warning where a tenant names the framework; here it is an error, because there is nothing to report.
        rule = choice.UNKNOWN_FRAMEWORK._replace(severity=Severity.ERROR)
        report.add(rule, f"there is no framework `{wanted}`", hint=hint)
        return None
    tenants = [each for each in opened.tenants if request.tenant in (None, each)]
    named = {tenant: dict.fromkeys(_compliance(opened, tenant)) for tenant in tenants}
    held = {tenant: tuple(each for each in found if wanted in (None, each)) for tenant, found in named.items()}
    return {tenant: found for tenant, found in held.items() if found}


def _compliance(opened: Opened, tenant: str) -> Iterator[str]:
    """The frameworks that a tenant is held to in any environment; for a broken unit, by the files that name them."""
    for environment in opened.settings.environments:
        resolved = pipeline.resolve_unit(opened, Unit(tenant, environment), Report())
        if resolved:
            yield from choice.compliance(resolved.value)
            continue
        for stem in (f"tenants/{tenant}/tenant", f"environments/tenants/{tenant}"):
            document = opened.reading.find(stem)
            yield from choice.compliance(document.value or {}) if document else ()


def _unrouted(opened: Opened) -> frozenset[str]:
    """The environments without an Alertmanager, where no alert is routed."""
    found = (pipeline.resolve_environment(opened, each, Report()) for each in opened.settings.environments)
    return frozenset(each.name for each in found if each and platform.version(each, "alertmanager") is None)


def _commit(opening: Opening) -> str:
    """The id of the judged commit; empty if the work tree differs from its commit."""
    view = opening.view
    if isinstance(view, Commit) or evidence.is_committed(opening.repository, Report()):
        revision = view.revision if isinstance(view, Commit) else "HEAD"
        return views.resolve(opening.repository, revision, Report()) or ""
    return ""


def _command(commit: str, request: Request) -> str:
    """The command that gives the same report on a commit."""
    options = {"--today": request.today.isoformat(), "--framework": request.framework, "--tenant": request.tenant}
    words = [f"{option} {value}" for option, value in options.items() if value]
    words += [f"--history {request.history}"] if request.history != past.MOST else []
    return " ".join(["varve policy report", f"--rev {commit}", *words])
