"""Routing: who is notified of an alert, by the routes that the sources compile to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast

from varve import pipeline
from varve.api.compile.run import compile_opening
from varve.api.findings import Findings, Result, gather
from varve.api.opening import Opening, open_unit, open_view, reporting_git_errors
from varve.check.notify.alertmanager import NO_ALERTMANAGER
from varve.language.time import instant, timezone
from varve.link.routing import Decision, Tree, decide, read_own
from varve.link.routing.alerts import alerts, received_labels
from varve.link.routing.decision import Labels
from varve.model.artifact import Artifact
from varve.model.diagnostic import Report
from varve.model.source import Map, Source, Value
from varve.model.unit import Environment, Selection, Unit
from varve.read.parse import parse
from varve.render import routing as rendering
from varve.render.routing import Shown
from varve.world.git.repository import Repository
from varve.world.snapshot.views import View


class Question(NamedTuple):
    """The labels of an alert, or None for every alert of the unit; the time; and the labels of other firing alerts."""

    labels: Labels | None
    at: datetime | str | None
    firing: Sequence[Labels]


class Compiled(NamedTuple):
    """A sound unit, with the parts of its environment's build that routing needs."""

    unit: Unit
    environment: Environment
    value: Map
    tree: Tree
    rules: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Routed(Result):
    """A decision for each alert; no decisions and no tree if the unit is broken or has no Alertmanager.

    The tree is that of the environment's Alertmanager, or of a strict tenant's own. `every` says whether the question
    was about every alert of the unit; then the text is a table.
    """

    findings: Findings
    decisions: tuple[Decision, ...] = ()
    compiled: Compiled | None = None
    every: bool = False

    @property
    def tree(self) -> Tree | None:
        """The routes, time intervals and inhibitions that decide; None if the unit is broken or has no Alertmanager."""
        return self.compiled.tree if self.compiled else None

    @property
    def answer(self) -> str:
        """The decisions, as `varve route` prints them."""
        render = rendering.rows if self.every else rendering.text
        return render(self._shown(self.compiled), self.decisions) if self.compiled else ""

    @property
    def branch(self) -> str:
        """The tenant's routes, as `varve route --tree` prints them."""
        return rendering.tree(self._shown(self.compiled), self.compiled.tree) if self.compiled else ""

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """The decisions, and the findings."""
        return self.answer + self.findings.text(colour=colour, width=width)

    def json(self, *, tree: bool = False) -> str:
        """The decisions, or the `tree` of the tenant's routes, as one JSON document; empty if there is no tree."""
        if self.compiled is None:
            return ""
        shown = self._shown(self.compiled)
        return rendering.tree_json(shown, self.compiled.tree) if tree else rendering.json(shown, self.decisions)

    @staticmethod
    def _shown(compiled: Compiled) -> Shown:
        return Shown(compiled.unit.tenant, compiled.value)


def route(repository: Repository, unit: Unit, question: Question, view: View) -> Routed:
    """The decisions about alerts of a unit, whose sources are compiled in `view`; nothing is written.

    Raises `ValueError` if `at` is not a time.
    """
    report = Report()
    opening = open_view(repository, view, report)
    compiled = None
    if opening:
        with reporting_git_errors(report):
            compiled = _compiled(opening, unit, report)
    found = gather(report, opening.snapshot) if opening else gather(report)
    decisions = tuple(_decisions(compiled, question)) if compiled else ()
    return Routed(found, decisions, compiled, question.labels is None)


def _compiled(opening: Opening, unit: Unit, report: Report) -> Compiled | None:
    diagnostics = Report()
    build = compile_opening(opening, Selection(unit.environment, unit.tenant), diagnostics)
    report.extend(diagnostics)
    if diagnostics.broken or unit not in build.units:
        return None
    own = {path: each for path, each in build.artifacts.items() if path.startswith(_folder(unit))}
    file = _file(unit, build.artifacts)
    if file is None:
        message = f"`{unit.environment}` has no Alertmanager that could route alerts"
        report.add(NO_ALERTMANAGER, message, hint="set `platform.targets.alertmanager`")
        return None
    rules = tuple(_parsed(each) for path, each in own.items() if path.startswith(f"{_folder(unit)}rules/"))
    return _resolved(opening, unit, read_own(_parsed(file)), rules)


def _folder(unit: Unit) -> str:
    return f"build/{unit.environment}/tenants/{unit.tenant}/"


def _file(unit: Unit, artifacts: Mapping[str, Artifact]) -> Artifact | None:
    """The configuration of the tenant's Alertmanager: its own if the tenant is strict, else the shared one."""
    # Only a strict tenant has a Prometheus of its own.
    is_strict = f"{_folder(unit)}prometheus.yaml" in artifacts
    return artifacts.get(
        f"{_folder(unit)}alertmanager.yaml" if is_strict else f"build/{unit.environment}/shared/alertmanager.yaml"
    )


def _parsed(artifact: Artifact) -> Value:
    return parse(Source(artifact.path, "", artifact.data), Report())


def _resolved(opening: Opening, unit: Unit, tree: Tree, rules: tuple[Value, ...]) -> Compiled | None:
    """The unit and its environment, resolved; nothing is reported, because the unit has just been compiled."""
    unreported = Report()
    opened = open_unit(opening, unit, unreported)
    environment = pipeline.resolve_environment(opened, unit.environment, unreported) if opened else None
    found = pipeline.resolve_unit(opened, unit, unreported) if opened else None
    return Compiled(unit, environment, found.value, tree, rules) if environment and found else None


def _decisions(compiled: Compiled, question: Question) -> Iterator[Decision]:
    at = _time(question.at, cast("str", compiled.value["timezone"]))
    label_sets = alerts(compiled.rules) if question.labels is None else [question.labels]
    labels, firing = ([_arrived(compiled, each) for each in those] for those in (label_sets, question.firing))
    return (decide(compiled.tree, each, at, firing) for each in labels)


def _arrived(compiled: Compiled, labels: Labels) -> Labels:
    return received_labels(labels, compiled.environment, compiled.unit.tenant)


def _time(at: datetime | str | None, zone: str) -> datetime | None:
    if at is None:
        return None
    time = instant.read(at, zone) if isinstance(at, str) else at
    if time is None or time.tzinfo is None:
        raise ValueError(f"`{at}` is not a time; {instant.fault('')}")
    return time.astimezone(timezone.zone(zone))
