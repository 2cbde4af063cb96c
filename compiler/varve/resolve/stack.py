"""From facts to a stack: which files speak, weakest first, and what they lock."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple, cast

from varve.language import name
from varve.language.same import Same
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.layer import Layer, Lock, Stack
from varve.model.settings import LayerSettings, Settings
from varve.model.source import Document, Keys, Map
from varve.read.reading import Reading
from varve.read.repository import SETTINGS, say_bad_id
from varve.resolve import pattern
from varve.resolve.facts import Facts, speaking
from varve.resolve.merge import look, says

UNKNOWN_FACT = Rule(
    "resolve/unknown-fact",
    "A layer's path names a fact that is not known",
    "The path of a layer is completed with facts: `environment`, `tenant.id`, and what the tenant's file or the "
    "platform's grants say under `tenant:`. Without the fact nobody can tell which file is meant. Say the fact in the "
    "tenant's file, or, where it is locked, in a grant; or correct the path in `varve.yaml`.",
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
    "`extends: staging` reads `staging`'s file just before this one, so it stands in the file of an environment, and "
    "names another one beside it. Correct the name, or write the file.",
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
    'as `["a b"]`. A lock on a path that no unit has would lock nothing, and nobody would notice.',
)
CHANGED_FACT = Rule(
    "resolve/changed-fact",
    "A layer contradicts a fact by which layers were chosen",
    "Facts are what the tenant's own file says under `tenant:`, or a grant of the platform. By `tenant.tier: gold` the "
    "layer of the tier `gold` was chosen; another layer that made the tenant `silver` would leave it with gold's "
    "settings under silver's name. Say it in the tenant's file or in a grant, so that the layers follow.",
)

PLATFORM_KEYS = ("extends", "locks", "platform")


class _Stacking(NamedTuple):
    """What the steps below share: the settings, the reading, the facts, and where to report."""

    settings: Settings
    reading: Reading
    facts: Facts
    report: Report


def stack(settings: Settings, facts: Facts, reading: Reading, report: Report) -> Stack:
    """The stack of the unit that `facts` describe.

    Reports layers without a file, facts that are missing or unfit for a path, and `extends` that lead nowhere or in a
    circle; what is wrong inside a file is reported by `reading`.
    """
    stacking = _Stacking(settings, reading, facts, report)
    spoken = [layer for spec in settings.layers if _speaks(spec, facts) for layer in _layers(spec, stacking)]
    layers = tuple(layer for layer, _ in spoken)
    _refuse_changed(layers, stacking)
    return Stack(
        layers,
        tuple(
            lock for layer, value in spoken if layer.owner == "platform" for lock in _locks(layer.file, value, report)
        ),
    )


def platform(settings: Settings, environment: str, reading: Reading, report: Report) -> Stack:
    """The stack of an environment's own settings: the `platform` maps of the layers whose paths name no tenant."""
    stacking = _Stacking(settings, reading, {"environment": (environment,)}, report)
    spoken = [
        layer
        for spec in settings.layers
        if spec.owner == "platform" and not spec.into and not _names_tenant(spec) and _speaks(spec, stacking.facts)
        for layer in _files(spec, stacking)
    ]
    own = (layer for layer in spoken if layer.rank == 0)
    return Stack(tuple(_only_platform(layer) for layer in own if "platform" in layer.value or _fails(layer, reading)))


def _only_platform(layer: Layer) -> Layer:
    value = {key: each for key, each in layer.value.items() if key == "platform"}
    return Layer(layer.name, layer.priority, layer.owner, layer.file, value)


def _fails(layer: Layer, reading: Reading) -> bool:
    """Whether a layer's file cannot be read, so that nobody knows what it says."""
    return reading.document(layer.file).value is None


def _names_tenant(spec: LayerSettings) -> bool:
    named = pattern.facts(spec.path) | set(spec.when or ())
    return any(fact.startswith("tenant.") for fact in named)


def _speaks(spec: LayerSettings, facts: Facts) -> bool:
    return all(set(facts.get(fact, ())) & set(wanted) for fact, wanted in (spec.when or {}).items())


def _layers(spec: LayerSettings, stacking: _Stacking) -> Iterator[tuple[Layer, Map]]:
    """The layers of `spec`, each with all that its file says."""
    for layer in _files(spec, stacking):
        if spec.owner == "platform" and not layer.value.keys().isdisjoint(PLATFORM_KEYS):
            said = {key: value for key, value in layer.value.items() if key not in PLATFORM_KEYS}
            yield Layer(layer.name, layer.priority, layer.owner, layer.file, said, layer.into, layer.rank), layer.value
        else:
            yield layer, layer.value


def _refuse_changed(layers: tuple[Layer, ...], stacking: _Stacking) -> None:
    """Refuse layers that say something else of a fact than what chose the layers."""
    known = {**_emptied(stacking), **stacking.facts}
    for fact in _choosing(Same(stacking.settings)):
        if fact not in known:
            continue
        keys, chosen = pattern.keys(fact), known[fact]
        said = _last_said(layers, keys) if keys else {}
        shown = f"`{', '.join(chosen)}`" if chosen else "empty"
        for text, layer in said.items():
            if text not in chosen and _chooses(stacking.settings, fact, None if len(chosen) == 1 else text):
                stacking.report.say(
                    CHANGED_FACT,
                    f"`{fact}` is {shown} where layers are chosen, and `{text}` here",
                    layer.place(keys or ()),
                    Note("the layers are chosen by this", _where(fact, stacking)),
                    hint="say it in the tenant's own file, or in a grant",
                )


def _emptied(stacking: _Stacking) -> Facts:
    """The facts that the tenant's file or its grants say, and leave empty."""
    found = [stacking.reading.find(pattern.fill(each.path, stacking.facts)) for each in speaking(stacking.settings)]
    said = (look(each.value, ("tenant",)) for each in found if each and each.value)
    return {f"tenant.{key}": () for each in said if isinstance(each, dict) for key in each if each[key] == []}


def _last_said(layers: tuple[Layer, ...], keys: Keys) -> dict[str, Layer]:
    """The texts that the layers leave at `keys`, each with the layer that says it."""
    said: dict[str, Layer] = {}
    for layer in layers:
        match look(layer.value, keys):
            case str() as text:
                said = {text: layer}
            case list() as texts:
                said.update((text, layer) for text in texts if isinstance(text, str))
    return said


@lru_cache(maxsize=8)
def _choosing(settings: Same[Settings]) -> tuple[str, ...]:
    """The facts by which layers are chosen, in their paths or their conditions, and that a layer could contradict."""
    named = {fact for spec in settings.value.layers for fact in (*pattern.facts(spec.path), *(spec.when or ()))}
    return tuple(sorted(named - {"environment", "tenant.id"}))


def _chooses(settings: Settings, fact: str, text: str | None) -> bool:
    """Whether a layer's path or condition asks for the fact; of a condition, whether it asks for that text."""
    return any(
        fact in pattern.facts(spec.path) or (fact in (when := spec.when or {}) and text in (None, *when[fact]))
        for spec in settings.layers
    )


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
    for fact in pattern.named(spec.path):
        if fact not in stacking.facts:
            _say_unknown(fact, spec, stacking)
            return False
        text = stacking.facts[fact][0]
        if name.is_id(text):
            continue
        if not pattern.REFERENCE.search(text):  # a reference was refused where the facts were read
            say_bad_id(stacking.report, f"file of the layer {spec.name}", text, _where(fact, stacking))
        return False
    return True


def _say_unknown(fact: str, spec: LayerSettings, stacking: _Stacking) -> None:
    if _lacks_its_file(stacking):
        return
    known = [each.removeprefix("tenant.") for each in stacking.facts if each.startswith("tenant.")]
    meant = name.nearest(fact.removeprefix("tenant."), known)
    path = _in_settings(spec, stacking)
    message = f"the layer `{spec.name}` needs `{fact}`, which is not said as a text"
    if meant:
        stacking.report.say(UNKNOWN_FACT, message, path, hint=f"did you mean `%{{tenant.{meant}}}`?")
    else:
        note = Note("the layer's path asks for it", path)
        stacking.report.say(UNKNOWN_FACT, message, _where(fact, stacking), note, hint=_speaker(fact, stacking))


def _lacks_its_file(stacking: _Stacking) -> bool:
    """Whether the tenant has no file in which it could say a fact: that is reported of the layer."""
    own = (each for each in speaking(stacking.settings) if each.owner == "tenant")
    needed = (pattern.fill(each.path, stacking.facts) for each in own if not each.optional)
    return any(stacking.reading.find(stem) is None for stem in needed)


def _speaker(fact: str, stacking: _Stacking) -> str:
    """Who is to say a fact that nobody says: the tenant, or the platform in a grant, which no lock binds."""
    own = f"say `{fact}` in the tenant's file"
    grants = [each for each in speaking(stacking.settings) if each.owner == "platform"]
    if not grants:
        return own
    stem = pattern.fill(grants[-1].path, stacking.facts)
    found = stacking.reading.find(stem)
    return f"{own}, or, where it is locked, in the platform's `{found.path if found else f'{stem}.yaml'}`"


def _where(fact: str, stacking: _Stacking) -> Place:
    """Where a fact is said, or would be."""
    document = stacking.reading.find(SETTINGS)
    settings = document.path if document else SETTINGS
    if fact == "environment":
        named = document.value.get("environments") if document and document.value else None
        environments = named if isinstance(named, list) else []
        here = stacking.facts[fact][0]
        return Place(settings, ("environments", *([environments.index(here)] if here in environments else ())))
    (tenant,) = stacking.facts.get("tenant.id") or ("",)
    # The grants of the platform are stronger than the tenant's own file.
    for layer in reversed(speaking(stacking.settings)):
        found = stacking.reading.find(pattern.fill(layer.path, stacking.facts))
        keys = ("tenant", fact.removeprefix("tenant."))
        if found and found.value and (says(found.value, keys) or layer.owner == "tenant"):
            return Place(found.path, keys)
    return Place(f"tenants/{tenant}/tenant.yaml")


def _in_settings(spec: LayerSettings, stacking: _Stacking) -> Place:
    """Where `varve.yaml` writes the path of a layer."""
    document = stacking.reading.find(SETTINGS)
    listed = (document.value or {}).get("layers") if document else None
    for index, layer in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(layer, dict) and (layer.get("name"), layer.get("path")) == (spec.name, spec.path):
            return Place(document.path if document else SETTINGS, ("layers", index, "path"))
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
    facts = pattern.named(spec.path)
    path = _in_settings(spec, stacking)
    stacking.report.say(
        MISSING_FILE,
        f"the layer `{spec.name}` has no file `{stem}`",
        _where(facts[-1], stacking) if facts else path,
        *([Note("the layer is not optional", path)] if facts else ()),
        hint=_advice(spec, stem, stacking),
    )


def _advice(spec: LayerSettings, stem: str, stacking: _Stacking) -> str:
    """The way out for a file that is missing: another name, where one nearly like it stands beside it."""
    folder, _, last = stem.rpartition("/")
    meant = name.nearest(last, stacking.reading.names(folder)) if pattern.facts(spec.path) else None
    return f"did you mean `{meant}`?" if meant else f"write `{stem}.yaml`, or make the layer optional in `varve.yaml`"


def _family(spec: LayerSettings, document: Document, stacking: _Stacking) -> list[Document]:
    """The document after those it extends, the eldest first."""
    family = [document]
    while spec.owner == "platform" and family[0].value and isinstance(parent := family[0].value.get("extends"), str):
        stem = pattern.fill(spec.path, {**stacking.facts, "environment": (parent,)})
        elder = stacking.reading.find(stem) if "environment" in pattern.facts(spec.path) else None
        if elder is None:
            _say_no_parent(parent, stem, family[0], stacking)
            break
        if elder in family:
            _say_circle(family[: family.index(elder) + 1], stacking)
            break
        family.insert(0, elder)
    return family


def _say_no_parent(parent: str, stem: str, child: Document, stacking: _Stacking) -> None:
    folder, _, last = stem.rpartition("/")
    meant = name.nearest(parent, stacking.reading.names(folder)) if last == parent else None
    stacking.report.say(
        UNKNOWN_PARENT,
        f"there is no environment `{parent}` that this file could extend",
        Place(child.path, ("extends",)),
        hint=f"did you mean `{meant}`?" if meant else "name the file of an environment, from another one beside it",
    )


def _say_circle(circle: list[Document], stacking: _Stacking) -> None:
    """Report a circle of documents once, whichever of them it was entered by."""
    first, *others = sorted(circle, key=lambda document: document.path)
    stacking.report.say(
        CIRCULAR_PARENTS,
        "these environments extend each other in a circle" if others else "this environment extends itself",
        Place(first.path, ("extends",)),
        *(Note("and this one is part of it", Place(each.path, ("extends",))) for each in others),
        hint="take one `extends` out",
    )


def _into(spec: LayerSettings, stem: str) -> Keys:
    return tuple(spec.into.replace("%{file.stem}", stem.rpartition("/")[2]).split(".")) if spec.into else ()


def wrap(value: Map, into: Keys) -> Map:
    """`value` as it stands in a unit, below the keys of `into`."""
    for key in reversed(into):
        value = {cast("str", key): value}
    return value


def _locks(file: str, value: Map, report: Report) -> Iterator[Lock]:
    said = value.get("locks")
    for index, text in enumerate(said if isinstance(said, list) else ()):
        place = Place(file, ("locks", index))
        keys = pattern.keys(text) if isinstance(text, str) else None
        if keys:
            yield Lock(keys, place)
        else:
            shown = f"`{text}`" if text and isinstance(text, (str, int)) else "this"
            report.say(
                BAD_LOCK,
                f"{shown} is no path that could be locked",
                place,
                hint="write it as `services.checkout.slos`",
            )
