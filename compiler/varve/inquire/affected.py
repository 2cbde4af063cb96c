"""What a change affects: the units whose sources it changes, and the artifacts that differ."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import NamedTuple

from varve.model.artifact import Build
from varve.model.diagnostic import Diagnostic, Report, Severity
from varve.model.snapshot import Snapshot
from varve.model.unit import Unit
from varve.pipeline.opening import shared_paths, unit_of
from varve.read.reading import Reading, reading


class Side(NamedTuple):
    """One side of a change: the files before or after it, and what they compile to."""

    snapshot: Snapshot
    build: Build


class Touched(NamedTuple):
    """A unit that a change affects, with the paths of the changed sources (`because`) and of the changed artifacts.

    Artifacts that the tenants of an environment share belong to a unit without a tenant.
    """

    unit: Unit
    because: tuple[str, ...]
    artifacts: tuple[str, ...]


def affected(before: Side, after: Side) -> tuple[Touched, ...]:
    """The units that the change from `before` to `after` affects, sorted by environment and tenant.

    Settings, templates and policies are shared: if only these change, a unit is affected only if its artifacts differ,
    or if it is built on one side only. A unit that is broken on one side has the artifacts there that it keeps.
    """
    artifacts = _artifacts(artifact_ids(before), artifact_ids(after))
    common = tuple(sorted(_differing(dict(_ids(before.snapshot)), dict(_ids(after.snapshot)))))
    readings = reading(before.snapshot, Report()), reading(after.snapshot, Report())
    switched = frozenset(before.build.units) ^ frozenset(after.build.units)
    units = before.build.questions.keys() | after.build.questions.keys() | artifacts.keys() | switched
    own = {unit: _because(unit, before, after, readings) for unit in units}
    of_others = _because_of_others(before, after, own)
    found = []
    for unit in sorted(units, key=lambda each: (each.environment, each.tenant)):
        if own[unit] or unit in artifacts or unit in switched:
            changed = tuple(sorted(artifacts.get(unit, ())))
            others = of_others.get(unit.environment, ()) if unit in switched else ()
            because = dict.fromkeys((*own[unit], *others, *(common if changed or unit in switched else ())))
            found.append(Touched(unit, tuple(because), changed))
    return tuple(found)


def artifact_ids(side: Side) -> dict[str, str]:
    """The ids by path of the artifacts under `build/` after a build of this side: those made, and those kept."""
    return {path: side.snapshot.entries[path].id for path in side.build.kept} | dict(side.build.made)


def _ids(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    return ((path, snapshot.entries[path].id) for path in shared_paths(snapshot))


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    return (path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def _artifacts(before: Mapping[str, str], after: Mapping[str, str]) -> dict[Unit, list[str]]:
    """The artifacts that differ between the sides, or exist on one only, by their units."""
    found: defaultdict[Unit, list[str]] = defaultdict(list)
    for path in _differing(before, after):
        found[unit_of(path)].append(path)
    return found


def _because(unit: Unit, before: Side, after: Side, readings: tuple[Reading, Reading]) -> tuple[str, ...]:
    """The paths of a unit's sources that differ, or exist on one side only."""
    questions = dict.fromkeys((*before.build.questions.get(unit, ()), *after.build.questions.get(unit, ())))
    changed = [each for each in questions if readings[0].answer(each) != readings[1].answer(each)]
    paths = {path for each in changed for side in readings for path in side.paths(each)}
    return tuple(sorted(path for path in paths if readings[0].answer(path) != readings[1].answer(path)))


def _because_of_others(before: Side, after: Side, own: Mapping[Unit, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """By environment, the changed sources of the environments with which it shares an error.

    Such an error keeps both environments back, whichever of them changed. The sources are those that all units of the
    other environment have in common.
    """
    shared: dict[str, frozenset[str]] = {}
    for unit, paths in own.items():
        if unit.tenant:
            shared[unit.environment] = shared.get(unit.environment, frozenset(paths)).intersection(paths)
    clashes: defaultdict[Diagnostic, set[str]] = defaultdict(set)
    for side in (before, after):
        for unit, diagnostics in side.build.diagnostics_by_unit.items():
            for each in () if unit.tenant else diagnostics:
                if each.rule.severity is Severity.ERROR:
                    clashes[each].add(unit.environment)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for names in clashes.values():
        for name, other in permutations(names, 2):
            found[name] |= shared.get(other, frozenset())
    return {name: tuple(sorted(paths)) for name, paths in found.items()}
