"""An environment's own settings: the platform's layers, resolved and judged."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from varve.check import consistency
from varve.check.shape import schema
from varve.check.shape.kind import strategy
from varve.check.shape.locate import in_stack
from varve.check.source import soundness
from varve.check.unit.reference import Definitions
from varve.emit import alertmanager
from varve.emit.alertmanager import gate
from varve.emit.prometheus import login
from varve.model.diagnostic import Diagnostic, Report, Rule, Severity
from varve.model.policy import Judged
from varve.model.unit import Environment
from varve.pipeline.opening import Opened, source_of
from varve.policy import bench
from varve.read import repository
from varve.read.reading import Reading
from varve.resolve import merge, reference, stack

if TYPE_CHECKING:
    from varve.model.source import Map


class Ground(NamedTuple):
    """An environment with sound settings, on which its units are compiled and linked.

    `questions` are those that were asked to resolve it, and `frame` is the platform's part of its Alertmanager.
    """

    environment: Environment
    questions: tuple[str, ...]
    frame: "Map"

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.environment.name


class JudgedEnvironment(NamedTuple):
    """The result for an environment: its `ground`, None where nothing can be built, and the policies' judgement.

    `environment` is None only where the settings are broken, not where a policy refuses them. `diagnostics` are those
    that were reported of it.
    """

    ground: Ground | None
    judged: Judged = Judged()
    environment: Environment | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def resolve_environment(
    opened: Opened, name: str, report: Report, *, tolerated: Collection[Rule] = ()
) -> Environment | None:
    """An environment with its own settings resolved; None where they are broken, which is reported.

    Findings of the `tolerated` rules are reported too, but break nothing.
    """
    diagnostics = Report()
    layers = stack.platform(opened.settings, name, opened.reading, diagnostics)
    sound = soundness.layers(layers, opened.reading, opened.judged)
    environment = (
        _platform(opened, Environment(name, {}, layers), diagnostics) if sound and not diagnostics.broken else None
    )
    report.extend(diagnostics)
    broken = (each for each in diagnostics if each.rule.severity is Severity.ERROR and each.rule not in tolerated)
    return None if any(broken) else environment


def _platform(opened: Opened, environment: Environment, report: Report) -> Environment | None:
    layers = environment.stack
    merged = merge.merge(layers, merge.Strategy(inside={"platform": strategy("platform")}), report)
    value = cast("Map", reference.resolve(merged, layers, opened.settings.variables, report).get("platform", {}))
    if report.broken or not schema.check("platform", value, in_stack(layers, ("platform",)), report):
        return None
    resolved = Environment(environment.name, value, layers)
    consistency.check_platform(Definitions(opened.kit.packs, opened.reading, resolved), report)
    login.check_platform(resolved, report)
    gate.check_platform(resolved, report)
    return resolved


def judged_environments(opened: Opened, selected: Collection[str], report: Report) -> dict[str, JudgedEnvironment]:
    """The selected environments by name, each judged alone and compared with all others.

    An environment has no ground if a store would take its servers for replicas of another environment's, or if both
    send a heartbeat to one address, whether or not that one is selected.
    """
    environments = {name: _with_diagnostics(opened, name, report) for name in selected}
    clashing = consistency.check_pairs(_environments_to_compare(opened, environments), selected, report)
    for name in environments.keys() & clashing.keys():
        diagnostics = (*environments[name].diagnostics, *clashing[name])
        broken = any(each.rule.severity is Severity.ERROR for each in clashing[name])
        ground = None if broken else environments[name].ground
        environments[name] = environments[name]._replace(ground=ground, diagnostics=diagnostics)
    return environments


def _with_diagnostics(opened: Opened, name: str, report: Report) -> JudgedEnvironment:
    diagnostics = Report()
    environment = judged_environment(opened, name, diagnostics)
    report.extend(diagnostics)
    return environment._replace(diagnostics=tuple(diagnostics))


def _environments_to_compare(opened: Opened, judged: Mapping[str, JudgedEnvironment]) -> list[Environment]:
    """All environments with sound settings, in their order; none if no selected one has to be compared."""
    if not any(each.environment and consistency.is_compared(each.environment) for each in judged.values()):
        return []
    unreported = Report()
    every = (judged.get(name) or judged_environment(opened, name, unreported) for name in opened.settings.environments)
    return [each.environment for each in every if each.environment]


def judged_environment(opened: Opened, name: str, report: Report) -> JudgedEnvironment:
    """An environment judged by the policies; without a ground where it is broken or violates one, which is reported."""
    reading, judge = replace(opened.reading, report=report), partial(_judged, opened, name)
    return opened.carried.once(f"environment {name}", reading, judge, opened.ledger.shared)


def _judged(opened: Opened, name: str, reading: Reading) -> JudgedEnvironment:
    diagnostics, judged = Report(), Judged()
    environment = resolve_environment(opened._replace(reading=reading), name, reading.report)
    if environment is not None and opened.bench:
        settings = source_of(opened, repository.SETTINGS)
        judged = bench.judge_platform(opened.bench, environment, settings, diagnostics)
    reading.report.extend(diagnostics)
    if environment is None or diagnostics.broken:
        return JudgedEnvironment(None, judged, environment)
    return JudgedEnvironment(Ground(environment, tuple(reading.questions), frame(environment)), judged, environment)


def frame(environment: Environment) -> "Map":
    """The platform's own part of the Alertmanager that tenants share; empty where the environment has none."""
    return alertmanager.frame(environment) if "alertmanager" in cast("Map", environment.platform["targets"]) else {}
