"""What a change means: the values, alerts, routes and artifacts of the affected units that differ."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain, groupby
from posixpath import basename
from typing import Final, NamedTuple

from varve.check.shape.kind import strategy
from varve.inquire.affected import Side, Touched, affected, artifact_ids
from varve.inquire.difference.alert import alerts
from varve.inquire.difference.artifact import are_alike, artifact, renamed_artifacts
from varve.inquire.difference.gathering import gathered
from varve.inquire.difference.pairing import Pair, paired
from varve.inquire.difference.renaming import KNOWN, NAME, Names, names
from varve.inquire.difference.route import Ways, reached, routes
from varve.inquire.difference.rule import Rule, rules
from varve.inquire.difference.value import Given, values
from varve.language.fault import Fault
from varve.link.routing.reading import read_cached
from varve.model.diagnostic import Place, Report
from varve.model.difference import PRESENT, Change, Difference, Occurrence
from varve.model.snapshot import below
from varve.model.source import Source, Value
from varve.model.unit import Environment, Selection, Unit
from varve.pipeline.environment import resolve_environment
from varve.pipeline.means import Executor, in_turn
from varve.pipeline.opening import Opened, open_repository
from varve.pipeline.unit import resolve_unit
from varve.read import artifact as reading
from varve.read.locate import Locator, locator
from varve.read.repository import is_selectable
from varve.read.sealed.file import is_sealed_file
from varve.resolve.merge import Strategy

_FEW: Final = 64
"""The number of parsed files that are cached, because equal ones are on both sides and in several environments."""
_SOUND, _BROKEN = "sound", "broken"


class _View(NamedTuple):
    """One side, opened: the ids of its artifacts, their sorted paths, its sound units and its environments."""

    side: Side
    opened: Opened
    ids: dict[str, str]
    paths: Sequence[str]
    units: frozenset[Unit]
    environments: dict[str, Environment]
    locate: Callable[[Place], str]
    known: dict[str, Value]

    def data(self, path: str) -> bytes | None:
        """The bytes of an artifact, or None if there is none."""
        if path not in self.ids:
            return None
        made = self.side.build.artifacts.get(path)
        return made.data if made else self.side.snapshot.source(path).data

    def files(self, paths: Iterable[str]) -> list[Value]:
        """The parsed contents of those of these artifacts that exist."""
        return [self._read(self.ids[path], path) for path in paths if path in self.ids]

    def _read(self, id_: str, path: str) -> Value:
        if id_ not in self.known:
            if len(self.known) >= _FEW:
                self.known.clear()
            self.known[id_] = reading.read(Source(path, "", self.data(path) or b""), Report())
        return self.known[id_]


class _Sides(NamedTuple):
    before: _View
    after: _View


class _Comparison(NamedTuple):
    """An affected unit: what is touched, its resolved values on both sides, and its renames.

    The last two are known only if the unit is sound on both sides.
    """

    touched: Touched
    both: _Sides
    given: tuple[Given | None, Given | None] = (None, None)
    names: Names = KNOWN

    def known(self) -> "_Comparison":
        """The same unit with its values and renames, for a unit that is sound on both sides."""
        unit = self.touched.unit
        before, after = (_given(unit, view) for view in self.both)
        found = names(before.value, after.value, unit.tenant) if before and after else KNOWN
        return self._replace(given=(before, after), names=found)


def difference(
    before: Side, after: Side, selection: Selection, report: Report, executor: Executor = in_turn
) -> tuple[Difference, ...]:
    """The differences between `before` and `after`, with their units; shared ones belong to a unit without a tenant.

    Values are compared only for units that are sound on both sides; the kept artifacts of a broken unit are compared.
    The `executor` handles one tenant after the other, and only its differences are held in memory. A selection that
    exists on neither side is reported.
    """
    known: dict[str, Value] = {}
    sides = (_view(each, known) for each in (before, after))
    found = tuple(each for each in sides if each)
    if len(found) < len((before, after)):
        return ()
    both = _Sides(*found)
    if not _is_known(selection, both, report):
        return ()
    selected = [each for each in affected(before, after) if _is_selected(each.unit, selection)]
    touched = sorted(selected, key=lambda each: (each.unit.tenant, each.unit.environment))
    parts = [tuple(own) for _, own in groupby(touched, lambda each: each.unit.tenant)]
    platforms = (each for each in _platforms(both) if _is_selected(each[0], selection))
    return gathered(chain(platforms, chain.from_iterable(executor(partial(_tenant_differences, both), parts))))


def _is_known(selection: Selection, both: _Sides, report: Report) -> bool:
    opened = [each.opened for each in (both.after, both.before)]
    environments = dict.fromkeys(name for each in opened for name in each.settings.environments)
    tenants = sorted({name for each in opened for name in each.tenants})
    settings = opened[0].settings._replace(environments=tuple(environments))
    return is_selectable(selection, settings, tenants, report)


def _is_selected(unit: Unit, selection: Selection) -> bool:
    return selection.environment in (None, unit.environment) and selection.tenant in (None, unit.tenant)


def _view(side: Side, known: dict[str, Value]) -> _View | None:
    ignored = Report()
    opened = open_repository(side.snapshot, ignored)
    if opened is None:
        return None
    names = opened.settings.environments
    grounds = {name: found for name in names if (found := resolve_environment(opened, name, ignored))}
    ids = artifact_ids(side)
    return _View(side, opened, ids, sorted(ids), frozenset(side.build.units), grounds, _locating(side), known)


def _locating(side: Side) -> Callable[[Place], str]:
    """A function that gives the file and line of a place, and reads a file once for many places."""
    known: Callable[[str], Locator] = lru_cache(_FEW)(lambda path: locator(side.snapshot.source(path)))
    return lambda place: f"{place.file}:{known(place.file)(place.keys, place.on).line}"


def _platforms(both: _Sides) -> Iterator[tuple[Unit, list[Occurrence]]]:
    """The differences of the platform's own settings, by environment."""
    merging = Strategy(inside={"platform": strategy("platform")})
    for name in sorted(both.before.environments.keys() & both.after.environments.keys()):
        before, after = (_settings(name, view) for view in both)
        yield Unit("", name), list(values(before, after, merging))


def _settings(name: str, view: _View) -> Given:
    environment = view.environments[name]
    return Given({"platform": environment.platform}, environment.stack, view.locate)


def _tenant_differences(both: _Sides, part: Sequence[Touched]) -> list[tuple[Unit, list[Occurrence]]]:
    """The differences of a tenant's units; its files are then dropped from memory, as no other tenant reads them."""
    found = [(each.unit, list(_occurrences(each, both))) for each in part]
    for view in both:
        view.opened.reading.forget(view.side.snapshot.under(f"tenants/{part[0].unit.tenant}"))
    return found


def _occurrences(touched: Touched, both: _Sides) -> Iterator[Occurrence]:
    unit = touched.unit
    states = tuple(_state(unit, each) for each in both)
    compared = _Comparison(touched, both)
    if unit.tenant:
        if states[0] != states[1] or _BROKEN in states:
            yield Occurrence(Change("unit", "", "", *states))
        if states == (_SOUND, _SOUND):
            compared = compared.known()
            yield from _values(compared)
            yield from _sealed(touched, both)
    yield from _rules_and_routes(compared)
    yield from _artifacts(compared)


def _state(unit: Unit, view: _View) -> str | None:
    """Whether a unit is sound or broken; None if it does not exist."""
    if unit.tenant not in view.opened.tenants or unit.environment not in view.opened.settings.environments:
        return None
    return _SOUND if unit in view.units else _BROKEN


def _folder(unit: Unit) -> str:
    return f"build/{unit.environment}/{f'tenants/{unit.tenant}/' if unit.tenant else ''}"


def _values(compared: _Comparison) -> Iterator[Occurrence]:
    before, after = compared.given
    if before and after:
        yield from values(before, after, strategy("unit"))


def _sealed(touched: Touched, both: _Sides) -> Iterator[Occurrence]:
    """The sealed files of a unit that differ; their contents are not visible."""
    before, after = (each.side.snapshot.entries for each in both)
    paths = [path for path in touched.because if is_sealed_file(path)]
    gone = [path for path in paths if path not in after]
    was: dict[str, str] = {}
    for path in (each for each in paths if each not in before):
        same = next((each for each in gone if each not in was.values() and before[each].id == after[path].id), None)
        if same:
            was[path] = same
    for path in paths:
        if path in was:
            yield Occurrence(Change("secret", path, NAME, basename(was[path]), basename(path)))
        elif path not in was.values():
            yield Occurrence(
                Change("secret", path, "", *(PRESENT if path in each else None for each in (before, after)))
            )


def _given(unit: Unit, view: _View) -> Given | None:
    # Its diagnostics were reported when it was compiled just before.
    ignored = Report()
    resolved = resolve_unit(view.opened._replace(reading=view.opened.reading.recording(ignored)), unit, ignored)
    return Given(resolved.value, resolved.stack, view.locate) if resolved else None


def _rules_and_routes(compared: _Comparison) -> Iterator[Occurrence]:
    """The differences of a unit's rules, and of who is notified of its alerts."""
    unit, both = compared.touched.unit, compared.both
    pairs = _pairs(compared, (compared.touched.artifacts, compared.touched.artifacts))
    if not unit.tenant:
        yield from alerts(pairs)
        return
    states = tuple(_state(unit, view) for view in both)
    yield from alerts(pairs, compared.names.services, brief=None in states)
    if any(state and unit.environment not in view.environments for state, view in zip(states, both, strict=True)):
        # With a broken environment, the labels that its alerts have on arrival are unknown.
        return
    if _is_rerouted(compared.touched, both):
        pairs = _pairs(compared, (both.before.paths, both.after.paths))
    elif all(before and after and _arrives_as(before) == _arrives_as(after) for before, after in pairs):
        return
    before, after = (_ways(unit, view, given) for view, given in zip(both, compared.given, strict=True))
    yield from routes(pairs, before, after, compared.names)


def _arrives_as(rule: Rule) -> tuple[str, dict[str, str]]:
    """The name and labels by which routes match an alert."""
    return rule.name, rule.labels


def _pairs(compared: _Comparison, paths: tuple[Sequence[str], Sequence[str]]) -> list[Pair]:
    """The rules of both sides in the rule files among these paths, paired."""
    unit = compared.touched.unit
    folder = f"{_folder(unit)}{'' if unit.tenant else 'shared/'}rules"
    files = (view.files(below(folder, those)) for view, those in zip(compared.both, paths, strict=True))
    before, after = (rules(each, unit.tenant) for each in files)
    return paired(before, after, compared.names)


def _artifacts(compared: _Comparison) -> Iterator[Occurrence]:
    folder, paths = _folder(compared.touched.unit), compared.touched.artifacts
    before, after = compared.both
    gone, come = ([path for path in paths if path not in view.ids] for view in (after, before))
    found = renamed_artifacts(
        gone, come, compared.names.services, lambda old, new: are_alike(before.data(old), after.data(new))
    )
    was = {new: old for old, new in found.items()}
    for path in paths:
        if path not in found:
            then = was.get(path, path)
            called = basename(then) if path in was else ""
            yield artifact(path.removeprefix(folder), before.data(then), after.data(path), called)


def _is_rerouted(touched: Touched, both: _Sides) -> bool:
    """Whether an unchanged alert may be routed differently."""
    external = [_external(touched.unit, view) for view in both]
    return _routes(touched.unit) in touched.artifacts or external[0] != external[1]


def _external(unit: Unit, view: _View) -> Value:
    environment = view.environments.get(unit.environment)
    return environment.platform.get("external_labels") if environment else None


def _routes(unit: Unit) -> str:
    return f"{_folder(unit)}alertmanager.yaml"


def _ways(unit: Unit, view: _View, given: Given | None) -> Ways:
    environment = view.environments.get(unit.environment)
    files = view.files((_routes(unit),)) if environment else []
    found = [each for file in files if isinstance(file, dict) and not isinstance(each := read_cached(file), Fault)]
    by_name = reached(given.value, environment, unit.tenant) if given and environment else {}
    return Ways(found[0] if found else None, environment, unit.tenant, by_name)
