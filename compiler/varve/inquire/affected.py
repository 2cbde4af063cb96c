"""What a change touches: the units whose sources it changes, and the artifacts that become others."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.model.unit import Unit
from varve.pipeline.opening import shared, unit_of
from varve.read.reading import Reading, reading


class Side(NamedTuple):
    """Files before or after a change, and what they compile to."""

    snapshot: Snapshot
    build: Build


class Touched(NamedTuple):
    """A unit that a change touches: the paths of the sources because of which, and those of the artifacts that change.

    What an environment's tenants share belongs to a unit without a tenant.
    """

    unit: Unit
    because: tuple[str, ...]
    artifacts: tuple[str, ...]


def affected(before: Side, after: Side) -> tuple[Touched, ...]:
    """The units that the way from `before` to `after` touches, by environment and tenant.

    Settings, templates and policies are everybody's: because of them alone a unit is touched if its artifacts change.
    A unit that is broken on one side has the artifacts there that it keeps.
    """
    artifacts = _artifacts(standing(before), standing(after))
    common = tuple(sorted(_differing(dict(_ids(before.snapshot)), dict(_ids(after.snapshot)))))
    desks = reading(before.snapshot, Report()), reading(after.snapshot, Report())
    units = before.build.asked.keys() | after.build.asked.keys() | artifacts.keys()
    found = []
    for unit in sorted(units, key=lambda each: (each.environment, each.tenant)):
        own = _because(unit, before, after, desks)
        if own or unit in artifacts:
            changed = tuple(sorted(artifacts.get(unit, ())))
            found.append(Touched(unit, (*own, *(common if changed else ())), changed))
    return tuple(found)


def standing(side: Side) -> dict[str, str]:
    """The ids by path of the artifacts that a build of this side leaves: those that were made, and those kept."""
    return {path: side.snapshot.entries[path].id for path in side.build.kept} | dict(side.build.made)


def _ids(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    return ((path, snapshot.entries[path].id) for path in shared(snapshot))


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    return (path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def _artifacts(before: Mapping[str, str], after: Mapping[str, str]) -> dict[Unit, list[str]]:
    """The artifacts that are others after than before, or on one side only, by their units."""
    found: defaultdict[Unit, list[str]] = defaultdict(list)
    for path in _differing(before, after):
        found[unit_of(path)].append(path)
    return found


def _because(unit: Unit, before: Side, after: Side, desks: tuple[Reading, Reading]) -> tuple[str, ...]:
    """The paths of the sources of a unit that differ, or that are there on one side only."""
    asked = dict.fromkeys((*before.build.asked.get(unit, ()), *after.build.asked.get(unit, ())))
    changed = [each for each in asked if desks[0].answer(each) != desks[1].answer(each)]
    paths = {path for each in changed for desk in desks for path in desk.paths(each)}
    return tuple(sorted(path for path in paths if desks[0].answer(path) != desks[1].answer(path)))
