"""From facts to a stack: which files speak, weakest first, and what they lock."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import cast

from varve.language import name
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.layer import Layer, Lock, Stack
from varve.model.settings import LayerSettings, Settings
from varve.model.source import Document, Keys, Map
from varve.read.reading import Reading
from varve.read.repository import SETTINGS, say_bad_id
from varve.resolve import pattern
from varve.resolve.facts import Facts

UNKNOWN_FACT = Rule(
    "resolve/unknown-fact",
    "A layer's path names a fact that is not known",
    "The path of a layer is completed with facts: `environment`, `tenant.id`, and what the tenant's file or the "
    "platform's grants say under `tenant:`. Without the fact nobody can tell which file is meant. Say the fact in the "
    "tenant's file, or correct the path in `varve.yaml`.",
)
MISSING_FILE = Rule(
    "resolve/missing-file",
    "A layer has no file",
    "A layer that is not `optional` always has a file: a tenant of tier `gold` needs `environments/tiers/gold`. "
    "Otherwise a spelling mistake would silently drop a whole layer. Write the file, correct the fact, or make the "
    "layer optional in `varve.yaml`.",
)
UNKNOWN_PARENT = Rule(
    "resolve/unknown-parent",
    "An environment extends one that is not there",
    "`extends: staging` reads `staging`'s file just before this one. There is no file of that name beside it.",
)
CIRCULAR_PARENTS = Rule(
    "resolve/circular-extends",
    "Environments extend each other in a circle",
    "`extends` reads the parent first, and the parent's parent before that. In a circle nobody comes first. Take one "
    "`extends` out, or move what is shared into an environment of its own.",
)
BAD_LOCK = Rule(
    "resolve/bad-lock",
    "A lock is no path",
    "A lock names a path of the unit, such as `quotas` or `services.checkout.slos`; a key that is not plain is written "
    'as `["a b"]`.',
)

PLATFORM_KEYS = ("extends", "locks", "platform")


@dataclass(frozen=True, slots=True)
class _Stacking:
    """What the steps below share: the reading, the facts, and where to report."""

    reading: Reading
    facts: Facts
    report: Report


def stack(settings: Settings, facts: Facts, reading: Reading, report: Report) -> Stack:
    """The stack of the unit that `facts` describe.

    Reports layers without a file, facts that are missing or unfit for a path, and `extends` that lead nowhere or in a
    circle; what is wrong inside a file is reported by `reading`.
    """
    stacking = _Stacking(reading, facts, report)
    spoken = [layer for spec in settings.layers if _speaks(spec, facts) for layer in _layers(spec, stacking)]
    return Stack(
        tuple(layer for layer, _ in spoken),
        tuple(
            lock for layer, value in spoken if layer.owner == "platform" for lock in _locks(layer.file, value, report)
        ),
    )


def platform(settings: Settings, environment: str, reading: Reading, report: Report) -> Stack:
    """The stack of an environment's own settings: the `platform` maps of the layers whose paths name no tenant."""
    stacking = _Stacking(reading, {"environment": (environment,)}, report)
    spoken = [
        layer
        for spec in settings.layers
        if spec.owner == "platform" and not spec.into and not _names_tenant(spec) and _speaks(spec, stacking.facts)
        for layer in _files(spec, stacking)
    ]
    return Stack(tuple(_only_platform(layer) for layer in spoken if "platform" in layer.value and layer.rank == 0))


def _only_platform(layer: Layer) -> Layer:
    return Layer(layer.name, layer.priority, layer.owner, layer.file, {"platform": layer.value["platform"]})


def _names_tenant(spec: LayerSettings) -> bool:
    named = pattern.facts(spec.path) | set(spec.when or ())
    return any(fact.startswith("tenant.") for fact in named)


def _speaks(spec: LayerSettings, facts: Facts) -> bool:
    return all(set(facts.get(fact, ())) & set(wanted) for fact, wanted in (spec.when or {}).items())


def _layers(spec: LayerSettings, stacking: _Stacking) -> Iterator[tuple[Layer, Map]]:
    """The layers of `spec`, each with all that its file says."""
    for layer in _files(spec, stacking):
        if spec.owner == "platform":
            said = {key: value for key, value in layer.value.items() if key not in PLATFORM_KEYS}
            yield Layer(layer.name, layer.priority, layer.owner, layer.file, said, layer.into, layer.rank), layer.value
        else:
            yield layer, layer.value


def _files(spec: LayerSettings, stacking: _Stacking) -> Iterator[Layer]:
    """The files of `spec`, parents before those who extend them, with all they say: nothing where unreadable."""
    if not _complete(spec, stacking):
        return
    for stem in _stems(spec, stacking):
        document = stacking.reading.find(stem)
        if document is None:
            _say_missing(spec, stem, stacking)
            continue
        family = _family(spec, document, stacking)
        for rank, each in enumerate(family, 1 - len(family)):
            into = _into(spec, stem)
            yield Layer(spec.name, spec.priority, spec.owner, each.path, wrap(each.value or {}, into), into, rank)


def _complete(spec: LayerSettings, stacking: _Stacking) -> bool:
    """Whether every fact in the path is known and fit for a path."""
    for fact in sorted(pattern.facts(spec.path)):
        if fact not in stacking.facts:
            stacking.report.say(
                UNKNOWN_FACT,
                f"the layer `{spec.name}` needs `{fact}`, which is not said",
                _where(fact, stacking),
                hint=f"say `{fact}` in the tenant's file"
                if fact.startswith("tenant.")
                else "use `environment`, or `tenant.` and a key",
            )
            return False
        if not name.is_id(stacking.facts[fact][0]):
            say_bad_id(
                stacking.report, f"file of the layer {spec.name}", stacking.facts[fact][0], _where(fact, stacking)
            )
            return False
    return True


def _where(fact: str, stacking: _Stacking) -> Place:
    """Where a fact is said, or would be."""
    for tenant in stacking.facts.get("tenant.id", ()):
        document = stacking.reading.find(f"tenants/{tenant}/tenant")
        if document is not None and document.value is not None and fact.startswith("tenant."):
            return Place(document.path, ("tenant", fact.removeprefix("tenant.")))
    document = stacking.reading.find(SETTINGS)
    return Place(document.path if document else SETTINGS, ("layers",))


def _stems(spec: LayerSettings, stacking: _Stacking) -> list[str]:
    stem = pattern.fill(spec.path, stacking.facts)
    folder, _, last = stem.rpartition("/")
    if "*" not in last:
        return [stem]
    found = [each for each in stacking.reading.names(folder) if fnmatchcase(each, last)]
    for each in found:
        if not name.is_id(each):
            say_bad_id(
                stacking.report,
                f"file of the layer {spec.name}",
                each,
                Place(stacking.reading.stems[f"{folder}/{each}"][0]),
            )
    return [f"{folder}/{each}" for each in found if name.is_id(each)]


def _say_missing(spec: LayerSettings, stem: str, stacking: _Stacking) -> None:
    if spec.optional:
        return
    facts = sorted(pattern.facts(spec.path))
    last = facts[-1] if facts else "environment"
    stacking.report.say(
        MISSING_FILE,
        f"the layer `{spec.name}` has no file `{stem}`",
        _where(last, stacking),
        hint=f"write `{stem}.yaml`, or make the layer optional in `varve.yaml`",
    )


def _family(spec: LayerSettings, document: Document, stacking: _Stacking) -> list[Document]:
    """The document after those it extends, the eldest first."""
    family = [document]
    while spec.owner == "platform" and family[0].value and isinstance(parent := family[0].value.get("extends"), str):
        place = Place(family[0].path, ("extends",))
        elder = stacking.reading.find(pattern.fill(spec.path, {**stacking.facts, "environment": (parent,)}))
        if elder is None or elder.path == family[0].path:
            stacking.report.say(
                UNKNOWN_PARENT,
                f"there is no environment `{parent}` to extend",
                place,
                hint="name a file beside this one",
            )
            break
        if elder in family:
            notes = (Note("which extends this one in turn", Place(each.path, ("extends",))) for each in family[1:])
            stacking.report.say(
                CIRCULAR_PARENTS, f"`{parent}` is extended in a circle", place, *notes, hint="take one `extends` out"
            )
            break
        family.insert(0, elder)
    return family


def _into(spec: LayerSettings, stem: str) -> Keys:
    filled = spec.into.replace("%{file.stem}", stem.rpartition("/")[2])
    return tuple(filled.split(".")) if filled else ()


def wrap(value: Map, into: Keys) -> Map:
    """`value` as it stands in a unit, below the keys of `into`."""
    for key in reversed(into):
        value = {cast("str", key): value}
    return value


def _locks(file: str, value: Map, report: Report) -> Iterator[Lock]:
    said = value.get("locks")
    for index, text in enumerate(said if isinstance(said, list) else ()):
        place = Place(file, ("locks", index))
        keys = name.keys(text) if isinstance(text, str) else None
        if keys:
            yield Lock(keys, place)
        else:
            report.say(
                BAD_LOCK,
                f"`{text}` is no path that could be locked",
                place,
                hint="write it as `services.checkout.slos`",
            )
