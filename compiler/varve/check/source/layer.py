"""Whether the layers of `varve.yaml` and the locks in the platform's files refer to paths that units have."""

from collections.abc import Mapping, Sequence
from typing import cast

from varve.check.shape.format.layering import BAD_FACT_NAME
from varve.check.shape.kind import is_unit_path, written
from varve.language import name
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.layer import Layer
from varve.model.settings import Settings
from varve.model.source import Document, Map
from varve.resolve.facts import fact_layers
from varve.resolve.feature import UNKNOWN_ENVIRONMENT, unknown

LAYER_OWNER = Rule(
    "check/layer-owner",
    "Layer is in somebody else's folder",
    "The owner of a layer decides what it may set, so it must be the one who can write its files: tenants write "
    "below `tenants/%{tenant.id}/`, and only the platform team writes below `environments/`.",
)
REPEATED_LAYER = Rule(
    "check/repeated-layer",
    "Layer is defined twice",
    "Messages and `varve explain` refer to a layer by its name, which must therefore be unique. And if two layers "
    "had the same path, the same `into` and the same `when`, each file would apply twice.",
)
UNKNOWN_PLACE = Rule(
    "check/unknown-place",
    "Layer or lock refers to an unknown place",
    "`into` sets where in a unit a layer's files go, and a lock names a path of the unit. A path that the unit's "
    "schema does not have would hold nothing and lock nothing. `varve schema unit` prints all places. If a `*` in a "
    "path matches many files, `%{file.stem}` in `into` gives each its own place.",
)
NO_TENANT_LAYER = Rule(
    "check/no-tenant-layer",
    "No layer defines the tenant",
    "The facts of a tenant come from a layer whose path names `%{tenant.id}` and no other fact, such as "
    "`tenants/%{tenant.id}/tenant`. Without one no tenant could be compiled.",
)


def check(document: Document, settings: Settings, report: Report) -> bool:
    """Whether the layers of a `varve.yaml` that fits its schema can be used; mistakes are reported."""
    found, layers = Report(), cast("list[dict[str, str]]", cast("Map", document.value)["layers"])
    for index, layer in enumerate(layers):
        _check_owner(layer, Place(document.path, ("layers", index, "owner")), found)
        _check_into(layer, Place(document.path, ("layers", index, "into")), found)
        _check_when(cast("Map", layer), Place(document.path, ("layers", index, "when")), settings.environments, found)
        _check_repeated(layer, layers[:index], Place(document.path, ("layers", index)), found)
    if not fact_layers(settings):
        hint = "add a layer with the path `tenants/%{tenant.id}/tenant`"
        found.add(NO_TENANT_LAYER, "no layer defines the tenant", Place(document.path, ("layers",), "key"), hint=hint)
    report.extend(found)
    return not found.broken


def _check_repeated(
    layer: Mapping[str, str], before: Sequence[Mapping[str, str]], place: Place, report: Report
) -> None:
    for index, other in enumerate(before):
        at, note = place.keys, Note("the other one", place._replace(keys=("layers", index)))
        if layer["name"] == other["name"]:
            message, keys = f"two layers are called `{layer['name']}`", (*at, "name")
            report.add(REPEATED_LAYER, message, place._replace(keys=keys), hint="give it a name of its own")
        elif all(layer.get(key) == other.get(key) for key in ("path", "into", "when")):
            message, keys = f"the layers `{other['name']}` and `{layer['name']}` read the same files", (*at, "path")
            report.add(REPEATED_LAYER, message, place._replace(keys=keys), note, hint="remove one of them")


def _check_owner(layer: Mapping[str, str], place: Place, report: Report) -> None:
    owner = "tenant" if layer["path"].startswith("tenants/%{tenant.id}/") else "platform"
    if layer["path"].startswith("tenants/") and owner == "platform":
        message, hint = f"`{layer['path']}` is not in the tenant's own folder", "begin it with `tenants/%{tenant.id}/`"
        report.add(LAYER_OWNER, message, place, hint=hint)
    elif layer["owner"] != owner:
        report.add(
            LAYER_OWNER, f"`{layer['path']}` is not writable by the {layer['owner']}", place, hint=f"write `{owner}`"
        )


def _check_into(layer: Mapping[str, str], place: Place, report: Report) -> None:
    into = layer.get("into", "")
    if into and not is_unit_path(tuple(into.replace("%{file.stem}", "name").split("."))):
        report.add(UNKNOWN_PLACE, f"a unit has no place `{into}`", place, hint="write it like `services.%{file.stem}`")


def report_shared(layer: Layer, settings: Document | None, report: Report) -> bool:
    """Whether `varve.yaml` puts all files of a layer at the same path, which is reported."""
    layers = (settings.value or {}).get("layers") if settings else None
    for index, each in enumerate(cast("list[dict[str, str]]", layers or [])):
        into = each.get("into", "")
        if settings and each["name"] == layer.name and "*" in each["path"] and into and "%{" not in into:
            message = f"all files of the layer `{layer.name}` go to `{into}`, but each needs a place of its own"
            place, hint = Place(settings.path, ("layers", index, "into")), f"write `{into}.%{{file.stem}}`"
            report.add(UNKNOWN_PLACE, message, place, hint=hint)
            return True
    return False


def _check_when(layer: Map, place: Place, environments: Sequence[str], report: Report) -> None:
    """Report facts that no tenant can have, and environments that are not built."""
    for fact, wanted in cast("dict[str, str | list[str]]", layer.get("when", {})).items():
        at = (*place.keys, fact)
        if not is_unit_path(tuple(fact.split("."))):
            tenant = cast("dict[str, Map]", written("unit")["properties"])["tenant"]
            meant = name.nearest(fact.removeprefix("tenant."), list(cast("Map", tenant["properties"])))
            hint = (
                f"did you mean `tenant.{meant}`?" if meant else "`varve schema tenant` prints what `tenant` may contain"
            )
            report.add(BAD_FACT_NAME, f"`{fact}` is not a fact", Place(place.file, at, "key"), hint=hint)
        for index, each in enumerate([wanted] if isinstance(wanted, str) else wanted):
            if fact == "environment" and each not in environments:
                message, hint = unknown(each, environments)
                inside = () if isinstance(wanted, str) else (index,)
                report.add(UNKNOWN_ENVIRONMENT, message, Place(place.file, (*at, *inside)), hint=hint)


def check_locks(file: str, value: Map, report: Report) -> bool:
    """Whether every lock in a platform file is a path that units have; other locks are reported."""
    found, locks = Report(), value.get("locks")
    for index, text in enumerate(locks if isinstance(locks, list) else ()):
        keys = name.keys(text) if isinstance(text, str) else None
        if keys and not is_unit_path(keys):
            hint = "name a path such as `quotas` or `tenant.tier`"
            found.add(UNKNOWN_PLACE, f"a unit has no place `{text}` to lock", Place(file, ("locks", index)), hint=hint)
    report.extend(found)
    return not found.broken
