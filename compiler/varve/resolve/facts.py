"""The facts of a unit: what selects its layers, known before any of them is merged."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from varve.language.cache_key import IdentityKey
from varve.language.name import dotted
from varve.model.diagnostic import Place, Report, Rule
from varve.model.settings import LayerSettings, Settings
from varve.model.source import Document, Map
from varve.model.unit import Unit
from varve.read.reading import Reading
from varve.resolve import pattern

Facts: TypeAlias = Mapping[str, tuple[str, ...]]
"""The values of each fact, such as `tenant.tier`; a fact that is a single text has one value."""

NOT_LITERAL = Rule(
    "resolve/fact-not-literal",
    "A fact is not written out",
    "The `tenant:` map of the tenant's own file and of its grants decides which layers are read, so it must be known "
    "before any layer is: it contains texts and lists of texts, but no `%{references}`. Write the value itself.",
)


def completed(value: Map, unit: Unit) -> Map:
    """The merged layers of a unit, with what varve itself sets: its environment and the tenant's id."""
    given = value.get("tenant")
    tenant = {"id": unit.tenant, **given} if isinstance(given, dict) else given
    return {"services": {}, **value, "environment": unit.environment, **({"tenant": tenant} if tenant else {})}


def documents(unit: Unit, settings: Settings, reading: Reading) -> list[Document]:
    """The files whose `tenant:` maps set the facts: those whose path names no fact but the tenant, the strongest last.

    They are the tenant's own file and the platform's grants for it.
    """
    found = (reading.find(stem) for stem in stems(unit.tenant, settings))
    return [document for document in found if document is not None]


def stems(tenant: str, settings: Settings) -> list[str]:
    """The paths, without extensions, of the files in which a tenant's facts are set."""
    known = {"tenant.id": (tenant,)}
    return [pattern.fill(layer.path, known) for layer in fact_layers(settings)]


def facts(unit: Unit, documents: Iterable[Document], report: Report) -> Facts:
    """The facts of `unit`: `environment`, `tenant.id`, and what the documents set; references are reported."""
    known: dict[str, tuple[str, ...]] = {"environment": (unit.environment,), "tenant.id": (unit.tenant,)}
    for document in documents:
        known.update(_literal(document.value or {}, document.path, report))
    return known


def fact_layers(settings: Settings) -> tuple[LayerSettings, ...]:
    """The layers whose files set the facts of a tenant, weakest first."""
    return _fact_layers(IdentityKey(settings))


@lru_cache(maxsize=8)
def _fact_layers(settings: IdentityKey[Settings]) -> tuple[LayerSettings, ...]:
    """The result of `fact_layers`, cached because every unit of a repository needs it."""
    return tuple(layer for layer in settings.value.layers if _sets_facts(layer))


def _sets_facts(layer: LayerSettings) -> bool:
    """Whether a layer's files set the facts of a tenant: its path names the tenant, and it depends on nothing else."""
    named = pattern.facts(layer.path)
    return named == {"tenant.id"} and not layer.into and not layer.when and "*" not in layer.path


def _literal(value: Map, file: str, report: Report) -> Iterator[tuple[str, tuple[str, ...]]]:
    tenant = value.get("tenant")
    for key, fact in tenant.items() if isinstance(tenant, dict) else ():
        texts = tuple(each for each in (fact if isinstance(fact, list) else [fact]) if isinstance(each, str))
        if any(pattern.REFERENCE.search(text) for text in texts):
            report.add(
                NOT_LITERAL,
                f"`{dotted(('tenant', key))}` cannot be a reference: facts are known before any layer is read",
                Place(file, ("tenant", key)),
                hint="write the value itself",
            )
        if texts and key != "id":
            yield f"tenant.{key}", texts
