"""What a tenant's change makes of the facts that are the platform's to change: judged by what comes of all files."""

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
from varve.model.source import Keys, Map, Value
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
"""The facts that are the platform's to change, whether or not a layer is chosen by them."""


class Sides(NamedTuple):
    """The files as the trusted commit, called `name`, has them, and as the change would leave them."""

    name: str
    before: Snapshot
    after: Snapshot


class _Side(NamedTuple):
    """The files of one side, and its settings."""

    settings: Settings
    desk: Reading
    judged: Judged


class _Known(NamedTuple):
    """What is known of a unit: its layers, the facts that chose them, the files that say these, and the whole value."""

    layers: Stack
    chosen: Facts
    saying: tuple[str, ...]
    value: Map


class _Change(NamedTuple):
    """A fact that changes: its name, in which of its roles if not in all, what it was and would be, and where."""

    name: str
    role: str
    was: str
    will: str
    place: Place
    notes: tuple[Note, ...]


def compare(tenants: Iterable[str], sides: Sides, report: Report) -> None:
    """Report the facts that the files of `after` make others than those of `before` do.

    A tenant whose folder is gone has none, and one of which a file cannot be read is not built.
    """
    before, after = _side(sides.before), _side(sides.after)
    if before is None or after is None:
        return  # the settings are the same on both sides, and whoever compiles says what is wrong with them
    for tenant in filter(is_id, tenants):
        if _stands(sides.after, tenant) and not _is_refused(sides.after, tenant):
            found = _found(tenant, sides.name, before, after)
            saying = _Saying(tenant, sides.name, _grants(tenant, after.settings), after.settings.environments)
            if _stands(sides.before, tenant):
                _say(found, saying, report)
            elif found:
                _say_new(found, saying, report)


def _side(snapshot: Snapshot) -> _Side | None:
    unheard = Report()
    desk = reading(snapshot, unheard)
    settings = soundness.settings(desk.find(repository.SETTINGS), unheard)
    return _Side(settings, desk, {}) if settings else None


def _stands(snapshot: Snapshot, tenant: str) -> bool:
    return any(True for _ in snapshot.under(f"tenants/{tenant}"))


def _is_refused(snapshot: Snapshot, tenant: str) -> bool:
    return any(path.startswith(f"tenants/{tenant}/") for path in snapshot.refused)


def _found(tenant: str, name: str, before: _Side, after: _Side) -> dict[_Change, list[str]]:
    """The facts of a tenant that change, each with the environments in which it does so in the same way."""
    found: dict[_Change, list[str]] = {}
    for environment in after.settings.environments:
        unit = Unit(tenant, environment)
        old, new = _known(unit, before), _known(unit, after)
        if _is_readable(new, after.desk):
            for fact in _guarded(after.settings):
                change = _value(fact, old, new) or _choice(fact, old, new, after.settings)
                if change:
                    earlier = _earlier(("tenant", fact), old.layers, name, before.desk.snapshot)
                    found.setdefault(change._replace(notes=(*earlier, *change.notes)), []).append(environment)
    return found


def _known(unit: Unit, side: _Side) -> _Known:
    """What the layers of a unit say, as far as they can be read; what is wrong with them, the compile says."""
    unheard = Report()
    documents = facts.documents(unit, side.settings, side.desk)
    chosen = facts.facts(unit, documents, unheard)
    spoken = stack.stack(side.settings, chosen, side.desk, unheard)
    layers = spoken._replace(layers=tuple(_sound(layer, side) for layer in spoken.layers))
    merged = facts.completed(merge.merge(layers, strategy("unit"), unheard), unit)
    value = reference.resolve(merged, layers, side.settings.variables, unheard)
    return _Known(layers, chosen, tuple(each.path for each in documents), value)


def _sound(layer: Layer, side: _Side) -> Layer:
    """A layer with all it says, or where its file is not of the right shape, with what it says of the tenant."""
    if soundness.layers(Stack((layer,)), side.desk, side.judged):
        return layer
    tenant = layer.value.get("tenant")
    return layer._replace(value={"tenant": tenant} if isinstance(tenant, dict) else {})


def _is_readable(known: _Known, desk: Reading) -> bool:
    files = (*known.saying, *(layer.file for layer in known.layers.layers))
    return all(desk.document(file).value is not None for file in files)


def _guarded(settings: Settings) -> list[str]:
    """The facts of a tenant that are the platform's to change."""
    layers = [layer for layer in settings.layers if layer.owner == "platform"]
    choosing = {fact for layer in layers for fact in (*pattern.facts(layer.path), *(layer.when or ()))}
    more = {fact.removeprefix("tenant.") for fact in choosing if fact.startswith("tenant.")} - {"id"}
    return sorted({*ALWAYS, *more})


def _value(fact: str, old: _Known, new: _Known) -> _Change | None:
    """How the value of a fact changes, if it does; of a list the order does not matter."""
    keys: Keys = ("tenant", fact)
    was, will = (merge.look(each.value, keys) for each in (old, new))
    if _plain(was) == _plain(will):
        return None
    return _Change(dotted(keys), "", _shown(was), _shown(will), *origin(new.layers, keys))


def _plain(value: Value) -> object:
    return sorted({str(each) for each in value or []}) if isinstance(value, list | None) else value


def _choice(fact: str, old: _Known, new: _Known, settings: Settings) -> _Change | None:
    """How a fact changes where layers are chosen by it: there it is what the tenant's file and its grants say."""
    name = f"tenant.{fact}"
    was, will = (each.chosen.get(name, ()) for each in (old, new))
    # A path is completed with the first text of several.
    in_path = any(name in pattern.facts(layer.path) for layer in settings.layers)
    if set(was) == set(will) and (not in_path or was[:1] == will[:1]):
        return None
    said = Stack(tuple(each for each in new.layers.layers if each.file in new.saying))
    place, _ = origin(said, ("tenant", fact))
    return _Change(
        dotted(("tenant", fact)), ", by which layers are chosen,", _shown(list(was)), _shown(list(will)), place, ()
    )


def _shown(value: Value) -> str:
    """A fact in words; empty where nothing is said of it."""
    texts = value if isinstance(value, list) else [] if value is None else [value]
    return ", ".join(f"`{brief(each)}`" for each in texts)


def _earlier(keys: Keys, layers: Stack, name: str, snapshot: Snapshot) -> Iterator[Note]:
    """Where the trusted commit says it: in words, because what is shown of the file may be another text by now."""
    if any(merge.says(layer.value, keys) for layer in layers.layers):
        place, _ = origin(layers, keys)
        line = locate(snapshot.source(place.file), place.keys, place.on).line
        yield Note(f"`{name}` sets it in `{place.file}`, line {line}")


def _grants(tenant: str, settings: Settings) -> str:
    """Where the platform says the facts of a tenant."""
    layers = [each for each in facts.speaking(settings) if each.owner == "platform"]
    return f"`{pattern.fill(layers[-1].path, {'tenant.id': (tenant,)})}`" if layers else "a layer of grants"


class _Saying(NamedTuple):
    """What is said of a tenant with every change: whose it is, by which commit, and where the platform can say more."""

    tenant: str
    name: str
    grants: str
    environments: tuple[str, ...]


def _say(found: Mapping[_Change, list[str]], saying: _Saying, report: Report) -> None:
    for change, where in found.items():
        what = f"`{change.name}` of `{saying.tenant}`{change.role}"
        become = f"become {change.will}" if change.will else "be removed"
        everywhere = len(where) == len(saying.environments)
        only = "" if everywhere else f" in {' and '.join(f'`{each}`' for each in where)}"
        message = f"{what} would {become}{only} but is {change.was or 'not set'} in `{saying.name}`"
        hint = f"let the platform team set it in {saying.grants}, in a pull request of its own"
        report.say(OWN_FACT, message, change.place, *change.notes, hint=hint)


def _say_new(found: Iterable[_Change], saying: _Saying, report: Report) -> None:
    """Report all that a new tenant takes for itself at once: one file of the platform mends it."""
    first, *others = {change.name: change for change in found}.values()
    notes = [Note(f"nor this `{each.name}`", each.place) for each in others]
    message = f"`{saying.tenant}` is new but `{saying.name}` does not grant it this `{first.name}`"
    hint = f"let the platform team write {saying.grants} first, in a pull request of its own"
    report.say(UNGRANTED_TENANT, message, first.place, *notes, hint=hint)
