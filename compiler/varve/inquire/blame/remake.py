"""One artifact made again, by nothing but what makes it, from sources that may say something else."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
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
from varve.pipeline.outcome import Outcome, as_it_stands, main_file
from varve.pipeline.unit import is_consistent, resolve_unit

Remake: TypeAlias = Callable[[Opened, Report], bytes | None]
"""The bytes of one artifact, none where it is not made any more; None where what makes it is broken.

What is broken is reported; who does not mind may take the bytes of what is.
"""

GONE: Final = b""


def supposing(opened: Opened, said: Mapping[str, Map], report: Report) -> Opened:
    """The same repository, with files that say something else."""
    desk = opened.reading.supposing(said, report)
    judged = {path: each for path, each in opened.judged.items() if path not in said}
    folded = {files: each for files, each in opened.folded.items() if said.keys().isdisjoint(files)}
    return replace(opened, reading=desk, judged=judged, folded=folded)


def of_unit(unit: Unit, path: str, target: str, first: str = "") -> Remake:
    """How an artifact of a unit is made for a target, with those of the service `first` before all others."""

    def make(opened: Opened, report: Report) -> bytes | None:
        task = _task(opened, unit, report)
        task = _first_of(task, first) if task else None
        # Those behind it need not be made.
        return None if task is None else next((each.data for each in _emitted(task, target) if each.path == path), GONE)

    return make


def of_environment(name: str, path: str, target: str, left_out: Collection[str] = ()) -> Remake:
    """How an artifact is linked for a target from those that stand, of all tenants, but for some that are left out."""

    def make(opened: Opened, report: Report) -> bytes | None:
        environment = resolve_environment(opened, name, report)
        if environment is None:
            return None
        own = [_standing(opened, Unit(tenant, name), left_out) for tenant in opened.tenants]
        return _linked(opened, _Order(environment, path, target), own, {}, report)

    return make


def of_both(opened: Opened, unit: Unit, path: str, target: str) -> Remake:
    """How an artifact is linked from what a unit makes for a target, and what stands otherwise."""
    task = _task(opened, unit, Report())
    usual = frozenset(each.path for each in _emitted(task, target)) if task else frozenset[str]()

    def make(opened: Opened, report: Report) -> bytes | None:
        task = _task(opened, unit, report)
        if task is None:
            return None
        made = {each.path: each for each in _emitted(task, target)}
        own = [_standing(opened, Unit(tenant, unit.environment), usual) for tenant in opened.tenants]
        own = [_beside(each, made) if each.unit == unit else each for each in own]
        return _linked(opened, _Order(task.environment, path, target), own, made, report)

    return make


def quickest(opened: Opened, unit: Unit, path: str, target: str) -> Remake:
    """The same, with the service of the artifact's name before all others, if that makes no difference."""
    usual, quick = of_unit(unit, path, target), of_unit(unit, path, target, basename(path).partition(".")[0])
    return quick if quick(opened, Report()) == usual(opened, Report()) else usual


def is_sound(opened: Opened, unit: Unit, report: Report) -> bool:
    """Whether a unit can be made, or where it is of no tenant, its environment; what cannot is reported."""
    if not unit.tenant:
        return resolve_environment(opened, unit.environment, report) is not None
    return _task(opened, unit, report) is not None


def emit(opened: Opened, unit: Unit, report: Report) -> None:
    """Make all that a unit is written into, to hear what is wrong with it."""
    task = _task(opened, unit, report) if unit.tenant else None
    for target in TARGETS if task else ():
        deque(_emitted(cast("Task", task), target), maxlen=0)


def leaks(opened: Opened, unit: Unit, artifact: Artifact, report: Report) -> bool:
    """Whether an artifact holds a credential, which is reported."""
    said, templates = Report(), opened.kit.engine.templates
    environment = resolve_environment(opened, unit.environment, Report())
    resolved = resolve_unit(opened, unit, Report()) if unit.tenant else None
    if resolved:
        leak.check(resolved, templates, (artifact,), said)
    if environment:
        leak.check_linked(environment, templates, (artifact,), said)
    report.extend(said)
    return said.broken


def target_of(opened: Opened, unit: Unit, path: str) -> str | None:
    """For which target an artifact of a sound unit is made; None where it is made for none."""
    return _first(TARGETS, opened, lambda target: of_unit(unit, path, target))


def link_of(opened: Opened, unit: Unit, path: str) -> str | None:
    """For which target an artifact of a unit's environment is linked; None where it is linked for none."""
    return _first(LINKS, opened, lambda target: of_environment(unit.environment, path, target))


def brought(opened: Opened, unit: Unit) -> list[str]:
    """The artifacts that stand of a unit, and that it brings to its environment."""
    return [path for path in opened.standing().get(unit, ()) if path != main_file(unit)]


class _Order(NamedTuple):
    """What is to be linked: for which environment, which artifact, for which target."""

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
    """A task in which a service, if there is one of that name, stands before all others."""
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


def _standing(opened: Opened, unit: Unit, left_out: Collection[str]) -> Outcome:
    """A unit as it stands, as if it were made just now."""
    entries, paths = opened.reading.snapshot.entries, brought(opened, unit)
    return as_it_stands(opened, unit, {path: entries[path].id for path in paths if path not in left_out})


def _beside(standing: Outcome, made: Mapping[str, Artifact]) -> Outcome:
    # What it is called by is not looked at where it is linked.
    return standing._replace(made={**(standing.made or {}), **dict.fromkeys(made, "")})


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
