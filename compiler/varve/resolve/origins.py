"""The places that determine a unit's layers: where its facts are set, and the layers in `varve.yaml`."""

from typing import NamedTuple

from varve.model.diagnostic import Place, Report
from varve.model.settings import LayerSettings, Settings
from varve.read.reading import Reading
from varve.read.repository import SETTINGS
from varve.resolve import pattern
from varve.resolve.facts import Facts, fact_layers
from varve.resolve.merge import is_set


class Stacking(NamedTuple):
    """What the steps that build a stack share: the settings, the reading, the facts, and the report."""

    settings: Settings
    reading: Reading
    facts: Facts
    report: Report


def fact(name: str, stacking: Stacking) -> Place:
    """Where a fact is set, or would be."""
    document = stacking.reading.find(SETTINGS)
    settings = document.path if document else SETTINGS
    if name == "environment":
        listed = document.value.get("environments") if document and document.value else None
        environments = listed if isinstance(listed, list) else []
        here = stacking.facts[name][0]
        return Place(settings, ("environments", *([environments.index(here)] if here in environments else ())))
    (tenant,) = stacking.facts.get("tenant.id") or ("",)
    # The platform's grants are stronger than the tenant's own file.
    for layer in reversed(fact_layers(stacking.settings)):
        found = stacking.reading.find(pattern.fill(layer.path, stacking.facts))
        keys = ("tenant", name.removeprefix("tenant."))
        if found and found.value and (is_set(found.value, keys) or layer.owner == "tenant"):
            return Place(found.path, keys)
    return Place(f"tenants/{tenant}/tenant.yaml")


def layer(spec: LayerSettings, stacking: Stacking) -> Place:
    """The place in `varve.yaml` of a layer's path."""
    document = stacking.reading.find(SETTINGS)
    listed = (document.value or {}).get("layers") if document else None
    for index, each in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(each, dict) and (each.get("name"), each.get("path")) == (spec.name, spec.path):
            return Place(document.path if document else SETTINGS, ("layers", index, "path"))
    return Place(document.path if document else SETTINGS, ("layers",))
