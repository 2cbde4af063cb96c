"""The facts of a unit: what decides which layers speak, known before any of them does."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from varve.language.name import dotted
from varve.language.same import Same
from varve.model.diagnostic import Place, Report, Rule
from varve.model.settings import LayerSettings, Settings
from varve.model.source import Document, Map
from varve.model.unit import Unit
from varve.read.reading import Reading
from varve.resolve import pattern

Facts: TypeAlias = Mapping[str, tuple[str, ...]]
"""Values by fact, such as `tenant.tier`; a fact that is one text has one value."""

NOT_LITERAL = Rule(
    "resolve/fact-not-literal",
    "A fact is not written out",
    "The `tenant:` map of the tenant's own file and of its grants decides which layers are read, so it must be known "
    "before any layer is: it contains texts and lists of texts, but no `%{references}`. Write the value itself.",
)


def completed(value: Map, unit: Unit) -> Map:
    """What the layers of a unit say, with what varve itself says of it: its environment and the tenant's id."""
    said = value.get("tenant")
    tenant = {"id": unit.tenant, **said} if isinstance(said, dict) else said
    return {"services": {}, **value, "environment": unit.environment, **({"tenant": tenant} if tenant else {})}


def documents(unit: Unit, settings: Settings, reading: Reading) -> list[Document]:
    """The files whose `tenant:` maps say the facts: those that name no other fact, the stronger one last.

    They are the tenant's own file and the platform's grants for it.
    """
    found = (reading.find(stem) for stem in stems(unit.tenant, settings))
    return [document for document in found if document is not None]


def stems(tenant: str, settings: Settings) -> list[str]:
    """The names of these files, without extensions."""
    known = {"tenant.id": (tenant,)}
    return [pattern.fill(layer.path, known) for layer in speaking(settings)]


def facts(unit: Unit, documents: Iterable[Document], report: Report) -> Facts:
    """The facts of `unit`: `environment`, `tenant.id`, and what the documents say; references are reported."""
    known: dict[str, tuple[str, ...]] = {"environment": (unit.environment,), "tenant.id": (unit.tenant,)}
    for document in documents:
        known.update(_literal(document.value or {}, document.path, report))
    return known


def speaking(settings: Settings) -> tuple[LayerSettings, ...]:
    """The layers whose files say the facts of a tenant, weakest first."""
    return _speaking(Same(settings))


@lru_cache(maxsize=8)
def _speaking(settings: Same[Settings]) -> tuple[LayerSettings, ...]:
    """Every unit of a repository asks for the same."""
    return tuple(layer for layer in settings.value.layers if _speaks_of_facts(layer))


def _speaks_of_facts(layer: LayerSettings) -> bool:
    """Whether a layer's files say the facts of a tenant: it names the tenant and depends on nothing else."""
    named = pattern.facts(layer.path)
    return named == {"tenant.id"} and not layer.into and not layer.when and "*" not in layer.path


def _literal(value: Map, file: str, report: Report) -> Iterator[tuple[str, tuple[str, ...]]]:
    tenant = value.get("tenant")
    for key, said in tenant.items() if isinstance(tenant, dict) else ():
        texts = tuple(each for each in (said if isinstance(said, list) else [said]) if isinstance(each, str))
        if any(pattern.REFERENCE.search(text) for text in texts):
            report.say(
                NOT_LITERAL,
                f"`{dotted(('tenant', key))}` cannot be a reference: facts are known before any layer is read",
                Place(file, ("tenant", key)),
                hint="write the value itself",
            )
        if texts and key != "id":
            yield f"tenant.{key}", texts
