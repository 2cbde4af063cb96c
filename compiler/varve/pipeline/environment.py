"""An environment's own settings: what the platform's layers say of it, judged."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from varve.check import consistency
from varve.check.shape import schema
from varve.check.shape.kind import strategy
from varve.check.shape.locate import in_stack
from varve.check.source import soundness
from varve.check.unit.reference import Named
from varve.emit import alertmanager
from varve.emit.alertmanager import gate
from varve.emit.prometheus import login
from varve.model.diagnostic import Report, Rule, Severity
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
    """An environment that is sound, the questions that were asked to know it, and the frame of its Alertmanager."""

    environment: Environment
    asked: tuple[str, ...]
    frame: "Map"

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.environment.name


class Settled(NamedTuple):
    """An environment to build on, None where nothing is built by its settings; and what policies said of them."""

    ground: Ground | None
    judged: Judged = Judged()


def resolve_environment(
    opened: Opened, name: str, report: Report, *, tolerated: Collection[Rule] = ()
) -> Environment | None:
    """An environment's own settings, or None where they are broken, which is reported.

    Findings of the `tolerated` rules are reported too, and break nothing.
    """
    said = Report()
    layers = stack.platform(opened.settings, name, opened.reading, said)
    sound = soundness.layers(layers, opened.reading, opened.judged)
    environment = _platform(opened, Environment(name, {}, layers), said) if sound and not said.broken else None
    report.extend(said)
    broken = (each for each in said if each.rule.severity is Severity.ERROR and each.rule not in tolerated)
    return None if any(broken) else environment


def _platform(opened: Opened, environment: Environment, report: Report) -> Environment | None:
    layers = environment.stack
    merged = merge.merge(layers, merge.Strategy(inside={"platform": strategy("platform")}), report)
    value = cast("Map", reference.resolve(merged, layers, opened.settings.variables, report).get("platform", {}))
    if report.broken or not schema.check("platform", value, in_stack(layers, ("platform",)), report):
        return None
    resolved = Environment(environment.name, value, layers)
    consistency.check_platform(Named(opened.kit.packs, opened.reading, resolved), report)
    login.check_platform(resolved, report)
    gate.check_platform(resolved, report)
    return resolved


def judged_environment(opened: Opened, name: str, report: Report) -> Settled:
    """An environment that is as the policies require; None where it, or what it says, is not, which is reported."""
    asking, judge = replace(opened.reading, report=report), partial(_judged, opened, name)
    return opened.carried.once(f"environment {name}", asking, judge, opened.ledger.shared)


def _judged(opened: Opened, name: str, desk: Reading) -> Settled:
    said, judged = Report(), Judged()
    environment = resolve_environment(replace(opened, reading=desk), name, desk.report)
    if environment is not None and opened.bench:
        settings = source_of(opened, repository.SETTINGS)
        judged = bench.judge_platform(opened.bench, environment, settings, said)
    desk.report.extend(said)
    if environment is None or said.broken:
        return Settled(None, judged)
    return Settled(Ground(environment, tuple(desk.asked), frame(environment)), judged)


def frame(environment: Environment) -> "Map":
    """The platform's own part of the Alertmanager that tenants share; nothing where the environment has none."""
    return alertmanager.frame(environment) if "alertmanager" in cast("Map", environment.platform["targets"]) else {}
