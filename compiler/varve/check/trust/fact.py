"""Compares the facts that only the platform may set, as resolved from all files, before and after a tenant's change."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from varve.check.shape.kind import strategy
from varve.check.source import soundness
from varve.check.source.judged import Judged
from varve.language.name import dotted, is_id
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.layer import Layer, Stack
from varve.model.settings import Settings
from varve.model.snapshot import Snapshot
from varve.model.source import Document, Keys, Map, Value
from varve.model.unit import Unit
from varve.read import repository
from varve.read.locate import locate
from varve.read.reading import Reading, reading
from varve.resolve import facts, merge, pattern, reference, stack
from varve.resolve.facts import Facts
from varve.resolve.history import brief, origin

OWN_FACT = Rule(
    "check/own-fact",
    "Tenant changes a fact that only the platform may set",
    "Tier, region, isolation and compliance decide what a tenant gets and which rules apply to it, and so does every "
    "other fact by which a layer of the platform is chosen. A change to the tenant's own files may not change any of "
    "them from their value on the trusted commit, in any environment. The platform team can set the new value in the "
    "tenant's grants, in a pull request of its own.",
)
UNGRANTED_TENANT = Rule(
    "check/ungranted-tenant",
    "New tenant has facts that the platform has not granted",
    "Whoever creates a tenant's folder could give it any tier and any isolation. So the tier, region, isolation and "
    "compliance of a new tenant, and every other fact by which a layer of the platform is chosen, come from the "
    "platform's files on the trusted commit. The platform team sets them in the tenant's grants first, in a pull "
    "request of its own; the tenant's files need not repeat them.",
)

ALWAYS: Final = ("compliance", "isolation", "region", "tier")
"""The facts that only the platform may change, whether or not they select layers."""

_FRAMEWORKS: Final = "compliance"


class Sides(NamedTuple):
    """The files on the trusted commit, called `name`, and after the change."""

    name: str
    before: Snapshot
    after: Snapshot


class _Side(NamedTuple):
    """The settings and the files of one side."""

    settings: Settings
    reading: Reading
    judged: Judged


class _UnitFacts(NamedTuple):
    """A unit: its layers, the facts that selected them, the files that set these facts, and the resolved value.

    `frameworks` are those that these files name: the platform's own files are judged by them too.
    """

    layers: Stack
    chosen: Facts
    fact_files: tuple[str, ...]
    frameworks: frozenset[str]
    value: Map


class _Change(NamedTuple):
    """A change of a fact: its name, its role unless it concerns all, its old and its new value, and places."""

    name: str
    role: str
    before: str
    after: str
    place: Place
    notes: tuple[Note, ...]


def compare(tenants: Iterable[str], sides: Sides, report: Report) -> None:
    """Report the facts that differ between the files of `before` and those of `after`.

    A tenant whose folder is removed has no facts, and one with an unreadable file is not built.
    """
    before, after = _side(sides.before), _side(sides.after)
    if before is None or after is None:
        return  # the settings are the same on both sides, and compiling reports what is wrong with them
    for tenant in filter(is_id, tenants):
        if _exists(sides.after, tenant) and not _is_refused(sides.after, tenant):
            found = _changes(tenant, sides.name, before, after)
            wording = _Wording(tenant, sides.name, _grants(tenant, after.settings), after.settings.environments)
            if _exists(sides.before, tenant):
                _report(found, wording, report)
            elif found:
                _report_new(found, wording, report)


def _side(snapshot: Snapshot) -> _Side | None:
    discarded = Report()
    view = reading(snapshot, discarded)
    settings = soundness.settings(view.find(repository.SETTINGS), discarded)
    return _Side(settings, view, {}) if settings else None


def _exists(snapshot: Snapshot, tenant: str) -> bool:
    return any(True for _ in snapshot.under(f"tenants/{tenant}"))


def _is_refused(snapshot: Snapshot, tenant: str) -> bool:
    return any(path.startswith(f"tenants/{tenant}/") for path in snapshot.refused)


def _changes(tenant: str, name: str, before: _Side, after: _Side) -> dict[_Change, list[str]]:
    """The facts of a tenant that change, each with the environments in which it changes in the same way."""
    found: dict[_Change, list[str]] = {}
    for environment in after.settings.environments:
        unit = Unit(tenant, environment)
        old, new = _unit_facts(unit, before), _unit_facts(unit, after)
        if _is_readable(new, after.reading):
            for fact in _platform_facts(after.settings):
                if change := _change(fact, old, new, after.settings):
                    earlier = _earlier_place(("tenant", fact), old.layers, name, before.reading.snapshot)
                    found.setdefault(change._replace(notes=(*earlier, *change.notes)), []).append(environment)
    return found


def _change(fact: str, old: _UnitFacts, new: _UnitFacts, settings: Settings) -> _Change | None:
    """The change of a fact in one environment, or None if neither its value nor what depends on it changes."""
    change = _value_change(fact, old, new) or _selection_change(fact, old, new, settings)
    return _framework_change(old, new) if change is None and fact == _FRAMEWORKS else change


def _unit_facts(unit: Unit, side: _Side) -> _UnitFacts:
    """The layers of a unit, as far as they can be read; compiling reports what is wrong with them."""
    discarded = Report()
    documents = facts.documents(unit, side.settings, side.reading)
    chosen = facts.facts(unit, documents, discarded)
    stacked = stack.stack(side.settings, chosen, side.reading, discarded)
    layers = stacked._replace(layers=tuple(_valid_part(layer, side) for layer in stacked.layers))
    merged = facts.completed(merge.merge(layers, strategy("unit"), discarded), unit)
    value = reference.resolve(merged, layers, side.settings.variables, discarded)
    files = tuple(each.path for each in documents)
    return _UnitFacts(layers, chosen, files, frozenset(_frameworks(documents)), value)


def _frameworks(documents: Iterable[Document]) -> Iterator[str]:
    for each in documents:
        listed = merge.value_at(each.value, ("tenant", _FRAMEWORKS))
        yield from (name for name in listed if isinstance(name, str)) if isinstance(listed, list) else ()


def _valid_part(layer: Layer, side: _Side) -> Layer:
    """A layer or, if its file does not fit the schema, only what it sets in `tenant`."""
    if soundness.layers(Stack((layer,)), side.reading, side.judged):
        return layer
    tenant = layer.value.get("tenant")
    return layer._replace(value={"tenant": tenant} if isinstance(tenant, dict) else {})


def _is_readable(known: _UnitFacts, view: Reading) -> bool:
    files = (*known.fact_files, *(layer.file for layer in known.layers.layers))
    return all(view.document(file).value is not None for file in files)


def _platform_facts(settings: Settings) -> list[str]:
    """The facts of a tenant that only the platform may change."""
    layers = [layer for layer in settings.layers if layer.owner == "platform"]
    choosing = {fact for layer in layers for fact in (*pattern.facts(layer.path), *(layer.when or ()))}
    more = {fact.removeprefix("tenant.") for fact in choosing if fact.startswith("tenant.")} - {"id"}
    return sorted({*ALWAYS, *more})


def _value_change(fact: str, old: _UnitFacts, new: _UnitFacts) -> _Change | None:
    """The change of a fact's value, or None; the order of a list does not matter."""
    keys: Keys = ("tenant", fact)
    before, after = (merge.value_at(each.value, keys) for each in (old, new))
    if _plain(before) == _plain(after):
        return None
    return _Change(dotted(keys), "", _shown(before), _shown(after), *origin(new.layers, keys))


def _plain(value: Value) -> object:
    return sorted({str(each) for each in value or []}) if isinstance(value, list | None) else value


def _selection_change(fact: str, old: _UnitFacts, new: _UnitFacts, settings: Settings) -> _Change | None:
    """The change in how a fact selects layers, or None; for this, only the tenant's file and its grants count."""
    name = f"tenant.{fact}"
    before, after = (each.chosen.get(name, ()) for each in (old, new))
    # In a path, only the first item of a list is used.
    in_path = any(name in pattern.facts(layer.path) for layer in settings.layers)
    in_condition = any(name in (layer.when or ()) for layer in settings.layers)
    if (not in_condition or set(before) == set(after)) and (not in_path or before[:1] == after[:1]):
        return None
    place = _place_among_facts(fact, new)
    return _Change(name, ", by which layers are chosen,", _shown(list(before)), _shown(list(after)), place, ())


def _framework_change(old: _UnitFacts, new: _UnitFacts) -> _Change | None:
    """The frameworks by which the platform's files are no longer judged, as a change; a tenant may add some."""
    if old.frameworks <= new.frameworks:
        return None
    before, after = (_shown([*sorted(each.frameworks)]) for each in (old, new))
    place = _place_among_facts(_FRAMEWORKS, new)
    return _Change(f"tenant.{_FRAMEWORKS}", ", by which the platform is judged too,", before, after, place, ())


def _place_among_facts(fact: str, unit: _UnitFacts) -> Place:
    """The place of a fact in the files that set facts, or where it would be."""
    layers = Stack(tuple(each for each in unit.layers.layers if each.file in unit.fact_files))
    return origin(layers, ("tenant", fact))[0]


def _shown(value: Value) -> str:
    """A fact as messages show it; empty if it is not set."""
    texts = value if isinstance(value, list) else [] if value is None else [value]
    return ", ".join(f"`{brief(each)}`" for each in texts)


def _earlier_place(keys: Keys, layers: Stack, name: str, snapshot: Snapshot) -> Iterator[Note]:
    """Where the trusted commit sets a fact: in words, because the file that is shown may have changed."""
    if any(merge.is_set(layer.value, keys) for layer in layers.layers):
        place, _ = origin(layers, keys)
        line = locate(snapshot.source(place.file), place.keys, place.on).line
        yield Note(f"`{name}` sets it in `{place.file}`, line {line}")


def _grants(tenant: str, settings: Settings) -> str:
    """The layer in which the platform sets the facts of a tenant."""
    layers = [each for each in facts.fact_layers(settings) if each.owner == "platform"]
    return f"`{pattern.fill(layers[-1].path, {'tenant.id': (tenant,)})}`" if layers else "a layer of grants"


class _Wording(NamedTuple):
    """What the messages about a tenant contain: its id, the trusted commit, its grants, and all environments."""

    tenant: str
    name: str
    grants: str
    environments: tuple[str, ...]


def _report(found: Mapping[_Change, list[str]], wording: _Wording, report: Report) -> None:
    for change, where in found.items():
        what = f"`{change.name}` of `{wording.tenant}`{change.role}"
        become = f"become {change.after}" if change.after else "be removed"
        everywhere = len(where) == len(wording.environments)
        only = "" if everywhere else f" in {' and '.join(f'`{each}`' for each in where)}"
        message = f"{what} would {become}{only} but is {change.before or 'not set'} in `{wording.name}`"
        hint = f"let the platform team set it in {wording.grants}, in a pull request of its own"
        report.add(OWN_FACT, message, change.place, *change.notes, hint=hint)


def _report_new(found: Iterable[_Change], wording: _Wording, report: Report) -> None:
    """Report all facts of a new tenant together, because one file of the platform can grant them."""
    first, *others = {change.name: change for change in found}.values()
    notes = [Note(f"nor this `{each.name}`", each.place) for each in others]
    message = f"`{wording.tenant}` is new but `{wording.name}` does not grant it this `{first.name}`"
    hint = f"let the platform team write {wording.grants} first, in a pull request of its own"
    report.add(UNGRANTED_TENANT, message, first.place, *notes, hint=hint)
