"""The tenant of the base repository with routes and alerts, emitted, and as input of the reachability checks."""

from collections.abc import Mapping

from tests.emit.alertmanager.notifying import OVERLAY
from tests.emit.alertmanager.notifying import notifying as platform
from tests.emit.repository import CHECKOUT, task
from varve.emit import alertmanager, prometheus
from varve.emit.kit import Task
from varve.link.reachability.outcome import outcomes
from varve.link.reachability.reach import Reach, routes
from varve.link.reachability.reading import alerts, tree
from varve.model.artifact import Artifact
from varve.model.diagnostic import Report

NIGHT, DAY = 'from: "22:00", to: "06:00"', 'from: "06:00", to: "22:00"'
UNIT = f"""\
users:
  alice: {{name: A, email: a@acme.example, timezone: Europe/Paris, quiet: {{night: {{{NIGHT}}}}}}}
  bob: {{name: B, email: b@acme.example, timezone: Europe/Paris, quiet: {{day: {{{DAY}}}}}}}
  far: {{name: F, email: f@acme.example, timezone: Asia/Tokyo, quiet: {{day: {{{DAY}}}}}}}
  gone: {{name: G, email: g@acme.example, quiet: {{summer: {{months: [august]}}}}}}
  back: {{name: H, email: h@acme.example, quiet: {{winter: {{months: [december], days_of_month: ["24:31"]}}}}}}
  awake: {{name: W, email: w@acme.example, quiet: {{}}}}
notify:
  receivers:
    one: {{email: {{to: [one@acme.example]}}}}
    two: {{email: {{to: [two@acme.example]}}}}
    alice: {{user: alice}}
    bob: {{user: bob}}
    far: {{user: far}}
    gone: {{user: gone}}
    back: {{user: back}}
    awake: {{user: awake}}
  hours:
    day: {{{DAY}}}
    night: {{{NIGHT}}}
    closed: {{months: [august]}}
    moved: {{years: ["2040"], months: [march]}}
    later: {{years: ["2150"]}}
    quarter: {{from: "03:10", to: "03:25"}}
"""


def alert(severity: str, name: str = "Stuck", more: str = "") -> str:
    """A service with one alert."""
    return f"alerts: {{{name}: {{expr: depth > 1, severity: {severity}, summary: It is{more}}}}}\n"


def overlay(routes: str) -> str:
    """An overlay with some routes, given as the content of a flow map."""
    return f"{UNIT}  routes: {{{routes}}}\n"


def emitted(notify: str, files: Mapping[str, str]) -> tuple[Task, list[Artifact]]:
    """The task of a unit with this overlay and other files, and its artifacts."""
    made = task({**platform(), **files, OVERLAY: notify})
    return made, [*alertmanager.emit(made), *prometheus.emit(made)]


def reach(notify: str, service: str = alert("warning"), files: Mapping[str, str] | None = None) -> Reach:
    """The input of the checks for a service and an overlay, with an empty report."""
    made, artifacts = emitted(notify, {CHECKOUT: service, **(files or {})})
    assert not made.report.broken, list(made.report)
    routed = next(tree(each) for each in artifacts if each.path.endswith("/alertmanager.yaml"))
    found = alerts("acme", made.environment, routed, artifacts)
    return Reach(made.unit, routed, routes(made.unit, routed), tuple(outcomes(routed, found)), Report())


def findings(found: Reach) -> list[str]:
    """The diagnostics: each code with its message."""
    return [f"{each.rule.code}: {each.message}" for each in found.report]
