"""Making one artifact again, from sources that may have been changed, with as little other work as possible."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from posixpath import basename
from typing import Final, NamedTuple, TypeAlias, cast

from varve.check.secrets import leak
from varve.emit.kit import Task
from varve.emit.target import TARGETS
from varve.link.link import LINKS
from varve.model.artifact import Artifact
from varve.model.diagnostic import Report
from varve.model.source import Map
from varve.model.unit import Environment, Unit
from varve.pipeline.environment import Ground, frame, resolve_environment
from varve.pipeline.linking import relinking
from varve.pipeline.opening import Opened
from varve.pipeline.outcome import Outcome, kept_outcome, main_file
from varve.pipeline.unit import is_consistent, resolve_unit

Remake: TypeAlias = Callable[[Opened, Report], bytes | None]
"""Gives the bytes of one artifact: empty if it is no longer made, None if the unit or environment cannot be resolved.

Other errors are reported, and the bytes are given nevertheless.
"""

GONE: Final = b""


def with_changed(opened: Opened, changed: Mapping[str, Map], report: Report) -> Opened:
    """The same repository, with other contents of some files."""
    reading = opened.reading.with_contents(changed, report)
    judged = {path: each for path, each in opened.judged.items() if path not in changed}
    folded = {files: each for files, each in opened.folded.items() if changed.keys().isdisjoint(files)}
    return opened._replace(reading=reading, judged=judged, folded=folded)


def of_unit(unit: Unit, path: str, target: str, first: str = "") -> Remake:
    """How an artifact of a unit is made for a target; artifacts of the service `first` are made before all others."""

    def make(opened: Opened, report: Report) -> bytes | None:
        task = _task(opened, unit, report)
        task = _first_of(task, first) if task else None
        # Artifacts after this one need not be made.
        return None if task is None else next((each.data for each in _emitted(task, target) if each.path == path), GONE)

    return make


def of_environment(name: str, path: str, target: str, left_out: Collection[str] = ()) -> Remake:
    """How an artifact is linked for a target from the existing artifacts of all tenants, except those left out."""

    def make(opened: Opened, report: Report) -> bytes | None:
        environment = resolve_environment(opened, name, report)
        if environment is None:
            return None
        own = [_existing(opened, Unit(tenant, name), left_out) for tenant in opened.tenants]
        return _linked(opened, _Order(environment, path, target), own, {}, report)

    return make


def of_both(opened: Opened, unit: Unit, path: str, target: str) -> Remake:
    """How an artifact is linked from new artifacts of one unit and existing ones of all others."""
    task = _task(opened, unit, Report())
    usual = frozenset(each.path for each in _emitted(task, target)) if task else frozenset[str]()

    def make(opened: Opened, report: Report) -> bytes | None:
        task = _task(opened, unit, report)
        if task is None:
            return None
        made = {each.path: each for each in _emitted(task, target)}
        own = [_existing(opened, Unit(tenant, unit.environment), usual) for tenant in opened.tenants]
        own = [_with_made(each, made) if each.unit == unit else each for each in own]
        return _linked(opened, _Order(task.environment, path, target), own, made, report)

    return make


def quickest(opened: Opened, unit: Unit, path: str, target: str) -> Remake:
    """How an artifact of a unit is made, with the service of its name first if the result is the same."""
    usual, quick = of_unit(unit, path, target), of_unit(unit, path, target, basename(path).partition(".")[0])
    return quick if quick(opened, Report()) == usual(opened, Report()) else usual


def is_sound(opened: Opened, unit: Unit, report: Report) -> bool:
    """Whether a unit, or the environment for a unit without a tenant, is sound; what is broken is reported."""
    if not unit.tenant:
        return resolve_environment(opened, unit.environment, report) is not None
    return _task(opened, unit, report) is not None


def emit(opened: Opened, unit: Unit, report: Report) -> None:
    """Make all artifacts of a unit, to report what is wrong with it."""
    task = _task(opened, unit, report) if unit.tenant else None
    for target in TARGETS if task else ():
        deque(_emitted(cast("Task", task), target), maxlen=0)


def leaks(opened: Opened, unit: Unit, artifact: Artifact, report: Report) -> bool:
    """Whether an artifact contains a credential, which is reported."""
    diagnostics, templates = Report(), opened.kit.engine.templates
    environment = resolve_environment(opened, unit.environment, Report())
    resolved = resolve_unit(opened, unit, Report()) if unit.tenant else None
    if resolved:
        leak.check(resolved, templates, (artifact,), diagnostics)
    if environment:
        leak.check_linked(environment, templates, (artifact,), diagnostics)
    report.extend(diagnostics)
    return diagnostics.broken


def target_of(opened: Opened, unit: Unit, path: str) -> str | None:
    """The target for which an artifact of a sound unit is made, or None."""
    return _first(TARGETS, opened, lambda target: of_unit(unit, path, target))


def link_of(opened: Opened, unit: Unit, path: str) -> str | None:
    """The target for which an artifact of a unit's environment is linked, or None."""
    return _first(LINKS, opened, lambda target: of_environment(unit.environment, path, target))


def linked_paths(opened: Opened, unit: Unit) -> list[str]:
    """The paths of a unit's existing artifacts that are linked into its environment."""
    return [path for path in opened.existing_artifacts().get(unit, ()) if path != main_file(unit)]


class _Order(NamedTuple):
    """The artifact to be linked, with its environment and its target."""

    environment: Environment
    path: str
    target: str


def _task(opened: Opened, unit: Unit, report: Report) -> Task | None:
    """The task to emit a unit; None where it is broken, which is reported."""
    environment = resolve_environment(opened, unit.environment, report)
    resolved = resolve_unit(opened, unit, report) if environment else None
    if environment is None or resolved is None or not is_consistent(opened, environment, resolved, report):
        return None
    return Task(resolved, environment, opened.kit, report)


def _first_of(task: Task, service: str) -> Task:
    """The task with the service of that name, if there is one, before all others."""
    services = cast("dict[str, Map]", task.unit.value["services"])
    if service not in services:
        return task
    value = {**task.unit.value, "services": {service: services[service], **services}}
    return task._replace(unit=task.unit._replace(value=cast("Map", value)))


def _emitted(task: Task, target: str) -> Iterator[Artifact]:
    for each in TARGETS[target] if _has(task.environment, target) else ():
        yield from each(task)


def _has(environment: Environment, target: str) -> bool:
    return target in cast("Map", environment.platform["targets"])


def _existing(opened: Opened, unit: Unit, left_out: Collection[str]) -> Outcome:
    """The outcome of a unit with its existing artifacts, as if they were made now."""
    entries, paths = opened.reading.snapshot.entries, linked_paths(opened, unit)
    return kept_outcome(opened, unit, {path: entries[path].id for path in paths if path not in left_out})


def _with_made(existing: Outcome, made: Mapping[str, Artifact]) -> Outcome:
    # Linking does not use the ids.
    return existing._replace(made={**(existing.made or {}), **dict.fromkeys(made, "")})


def _linked(
    opened: Opened, order: _Order, own: Sequence[Outcome], fresh: Mapping[str, Artifact], report: Report
) -> bytes:
    ground = Ground(order.environment, (), frame(order.environment))
    if not _has(order.environment, order.target):
        return GONE
    linking = relinking(opened, ground, own, fresh, report)._replace(wants=order.path.__eq__)
    return next((each.data for each in LINKS[order.target].link(linking) if each.path == order.path), GONE)


def _first(targets: Iterable[str], opened: Opened, making: Callable[[str], Remake]) -> str | None:
    return next((each for each in targets if making(each)(opened, Report())), None)
