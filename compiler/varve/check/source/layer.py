"""Do the layers of `varve.yaml` and the locks of its files lead where a unit has a place for them."""

from collections.abc import Mapping
from typing import cast

from varve.check.shape.schema import knows
from varve.language import name
from varve.model.diagnostic import Place, Report, Rule
from varve.model.settings import Settings
from varve.model.source import Document, Map
from varve.resolve.facts import speaking

LAYER_OWNER = Rule(
    "check/layer-owner",
    "A layer lies in somebody else's folder",
    "The owner of a layer decides what it may say, so it must be the one who can write its files: tenants write below "
    "`tenants/%{tenant.id}/`, and only the platform team writes below `environments/`.",
)
REPEATED_LAYER = Rule(
    "check/repeated-layer",
    "Two layers have one name",
    "Messages and `varve explain` call a layer by its name, which must therefore be its own.",
)
UNKNOWN_PLACE = Rule(
    "check/unknown-place",
    "A layer or a lock leads to a place that no unit has",
    "`into` says where in a unit a layer's files go, and a lock names a path of the unit. A path that its schema "
    "does not know would hold nothing and lock nothing. `varve schema unit` prints all places.",
)
NO_TENANT_LAYER = Rule(
    "check/no-tenant-layer",
    "No layer says who the tenant is",
    "The facts of a tenant come from a layer whose path names `%{tenant.id}` and no other fact, such as "
    "`tenants/%{tenant.id}/tenant`. Without one no tenant could be compiled.",
)


def check(document: Document, settings: Settings, report: Report) -> bool:
    """Whether the layers of a `varve.yaml` of the right shape can be used; what is wrong is reported."""
    found, said = Report(), cast("list[dict[str, str]]", cast("Map", document.value)["layers"])
    for index, layer in enumerate(said):
        _check_owner(layer, Place(document.path, ("layers", index, "owner")), found)
        _check_into(layer, Place(document.path, ("layers", index, "into")), found)
        if layer["name"] in (other["name"] for other in said[:index]):
            message, place = f"two layers are called `{layer['name']}`", Place(document.path, ("layers", index, "name"))
            found.say(REPEATED_LAYER, message, place, hint="give it a name of its own")
    if not speaking(settings):
        hint = "add a layer with the path `tenants/%{tenant.id}/tenant`"
        found.say(
            NO_TENANT_LAYER, "no layer says who the tenant is", Place(document.path, ("layers",), "key"), hint=hint
        )
    report.extend(found)
    return not found.broken


def _check_owner(layer: Mapping[str, str], place: Place, report: Report) -> None:
    owner = "tenant" if layer["path"].startswith("tenants/%{tenant.id}/") else "platform"
    if layer["path"].startswith("tenants/") and owner == "platform":
        message, hint = f"`{layer['path']}` is in no tenant's own folder", "begin it with `tenants/%{tenant.id}/`"
        report.say(LAYER_OWNER, message, place, hint=hint)
    elif layer["owner"] != owner:
        report.say(
            LAYER_OWNER, f"`{layer['path']}` is not the {layer['owner']}'s to write", place, hint=f"write `{owner}`"
        )


def _check_into(layer: Mapping[str, str], place: Place, report: Report) -> None:
    into = layer.get("into", "")
    if into and not knows(tuple(into.replace("%{file.stem}", "name").split("."))):
        report.say(UNKNOWN_PLACE, f"no unit has a place `{into}`", place, hint="write it like `services.%{file.stem}`")


def check_locks(file: str, value: Map, report: Report) -> bool:
    """Whether every lock that a platform file says names a place that units have; what does not is reported."""
    found, said = Report(), value.get("locks")
    for index, text in enumerate(said if isinstance(said, list) else ()):
        keys = name.keys(text) if isinstance(text, str) else None
        if keys and not knows(keys):
            hint = "name a path such as `quotas` or `tenant.tier`"
            found.say(UNKNOWN_PLACE, f"no unit has a place `{text}` to lock", Place(file, ("locks", index)), hint=hint)
    report.extend(found)
    return not found.broken
