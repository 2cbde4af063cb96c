"""From facts to a stack: which files apply to a unit, weakest first, and what they lock."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import cast

from varve.language import name
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.layer import Layer, Stack
from varve.model.settings import LayerSettings, Settings
from varve.model.source import Keys, Map
from varve.read.reading import Reading
from varve.read.repository import report_bad_id
from varve.resolve import contradiction, family, lock, missing, origins, pattern
from varve.resolve.facts import Facts
from varve.resolve.origins import Stacking

OUT_OF_PLACE = Rule(
    "resolve/platform-out-of-place",
    "`platform` is set in a layer of some tenants only",
    "`platform` is the same for all tenants of an environment, so it is read only from layers whose path and `when` "
    "do not depend on a tenant. For a tier or in a grant it would have no effect. Set it in the environment's file.",
)

PLATFORM_KEYS = ("extends", "locks", "platform")


def stack(settings: Settings, facts: Facts, reading: Reading, report: Report) -> Stack:
    """The stack of the unit that `facts` describe.

    Reports layers without a file, facts that are missing or not usable in a path, and `extends` that name no existing
    environment or form a circle; mistakes inside a file are reported by `reading`.
    """
    stacking = Stacking(settings, reading, facts, report)
    applying = [layer for spec in settings.layers if _applies(spec, facts) for layer in _layers(spec, stacking)]
    layers = tuple(layer for layer, _ in applying)
    contradiction.refuse(layers, stacking)
    by_platform = (each for each in applying if each[0].owner == "platform")
    return Stack(layers, tuple(each for layer, value in by_platform for each in lock.locks(layer.file, value, report)))


def platform(settings: Settings, environment: str, reading: Reading, report: Report) -> Stack:
    """The stack of an environment's own settings: the `platform` maps of the layers that do not depend on a tenant.

    Those of the environments that it `extends` are left out.
    """
    stacking = Stacking(settings, reading, {"environment": (environment,)}, report)
    applying = [
        layer
        for spec in settings.layers
        if spec.owner == "platform" and not spec.into and not _names_tenant(spec) and _applies(spec, stacking.facts)
        for layer in _files(spec, stacking)
    ]
    own = (layer for layer in applying if layer.rank == 0)
    return Stack(
        tuple(_only_platform(layer) for layer in own if "platform" in layer.value or _is_unreadable(layer, reading))
    )


def _only_platform(layer: Layer) -> Layer:
    value = {key: each for key, each in layer.value.items() if key == "platform"}
    return Layer(layer.name, layer.priority, layer.owner, layer.file, value)


def _is_unreadable(layer: Layer, reading: Reading) -> bool:
    """Whether a layer's file cannot be read, so that its content is unknown."""
    return reading.document(layer.file).value is None


def _names_tenant(spec: LayerSettings) -> bool:
    named = pattern.facts(spec.path) | set(spec.when or ())
    return any(fact.startswith("tenant.") for fact in named)


def _applies(spec: LayerSettings, facts: Facts) -> bool:
    return all(set(facts.get(fact, ())) & set(wanted) for fact, wanted in (spec.when or {}).items())


def _layers(spec: LayerSettings, stacking: Stacking) -> Iterator[tuple[Layer, Map]]:
    """The layers of `spec`, each with the complete content of its file."""
    for layer in _files(spec, stacking):
        if spec.owner == "platform" and not layer.value.keys().isdisjoint(PLATFORM_KEYS):
            if "platform" in layer.value and _names_tenant(spec):
                _report_out_of_place(layer, spec, stacking)
            unit_value = {key: value for key, value in layer.value.items() if key not in PLATFORM_KEYS}
            yield (
                Layer(layer.name, layer.priority, layer.owner, layer.file, unit_value, layer.into, layer.rank),
                layer.value,
            )
        else:
            yield layer, layer.value


def _report_out_of_place(layer: Layer, spec: LayerSettings, stacking: Stacking) -> None:
    place, note = (
        layer.place(("platform",), "key"),
        Note("this layer depends on the tenant", origins.layer(spec, stacking)),
    )
    hint = "set it in a layer whose path and `when` do not depend on a tenant, such as the environment's"
    stacking.report.add(OUT_OF_PLACE, "`platform` has no effect here", place, note, hint=hint)


def _files(spec: LayerSettings, stacking: Stacking) -> Iterator[Layer]:
    """One layer for each file of `spec`, parents first; none if a fact in the path is missing or unfit for a path."""
    if not _has_usable_facts(spec, stacking):
        return
    for stem in _stems(spec, stacking):
        document = stacking.reading.find(stem)
        if document is None:
            missing.report_file(spec, stem, stacking)
            continue
        parents = family.family(spec, document, stacking)
        for rank, each in enumerate(parents, 1 - len(parents)):
            into = _into(spec, stem)
            yield Layer(spec.name, spec.priority, spec.owner, each.path, wrap(each.value or {}, into), into, rank)


def _has_usable_facts(spec: LayerSettings, stacking: Stacking) -> bool:
    """Whether every fact in the path is known and usable in a path."""
    for fact in pattern.named(spec.path):
        if fact not in stacking.facts:
            missing.report_fact(fact, spec, stacking)
            return False
        text = stacking.facts[fact][0]
        if name.is_id(text):
            continue
        if not pattern.REFERENCE.search(text):  # a reference was already reported where the facts were read
            report_bad_id(stacking.report, f"file of the layer {spec.name}", text, origins.fact(fact, stacking))
        return False
    return True


def _stems(spec: LayerSettings, stacking: Stacking) -> list[str]:
    stem = pattern.fill(spec.path, stacking.facts)
    folder, _, last = stem.rpartition("/")
    if "*" not in last:
        return [stem]
    names = stacking.reading.names(folder)
    found = [each for each in names if fnmatchcase(each, last)]
    for each in found:
        if not name.is_id(each):
            report_bad_id(
                stacking.report,
                f"file of the layer {spec.name}",
                each,
                Place(stacking.reading.stems[f"{folder}/{each}"][0]),
                names,
            )
    return [f"{folder}/{each}" for each in found if name.is_id(each)]


def _into(spec: LayerSettings, stem: str) -> Keys:
    return tuple(spec.into.replace("%{file.stem}", stem.rpartition("/")[2]).split(".")) if spec.into else ()


def wrap(value: Map, into: Keys) -> Map:
    """`value` at its place in the unit, nested under the keys of `into`."""
    for key in reversed(into):
        value = {cast("str", key): value}
    return value
