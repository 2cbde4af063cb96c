"""Which packs a service or a tenant uses, and the contexts of their templates."""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, cast

from varve.emit.function import functions_with_texts
from varve.emit.kit import Task
from varve.emit.scope import scoped
from varve.emit.template.given import Given, GoTemplate
from varve.language.cache_key import IdentityKey
from varve.language.message import language, localised
from varve.model.pack import Pack
from varve.model.source import Keys, Map, Value
from varve.model.unit import Resolved

_SECTIONS: Final = ("slos", "probes")
_SERVICE_FIELDS: Final = ("description", "owner")
_COUNTERS: Final = ("errors", "good", "total")
_QUERIES: Final = frozenset({"promql", "promql-selector"})
_TEMPLATES: Final = frozenset({"go-template"})


class Use(NamedTuple):
    """A pack, and the context in which its templates are rendered."""

    pack: Pack
    context: Mapping[str, Given]


def uses(task: Task, service: str | None) -> tuple[Use, ...]:
    """The packs that a service uses, or if it is None those of the tenant, sorted by name.

    The context has only what a pack is about, and nothing of the environment: a pack differs between environments only
    by its parameters.
    """
    return _cached_uses(IdentityKey(task.unit), IdentityKey(task.kit.packs), service)


@lru_cache(maxsize=32)
def _cached_uses(
    unit: IdentityKey[Resolved], packs: IdentityKey[Mapping[str, Pack]], service: str | None
) -> tuple[Use, ...]:
    """Cached, because the rules, the tests and the dashboard of a service are emitted one soon after the other."""
    return tuple(_uses(unit.value, packs.value, service))


def _uses(unit: Resolved, packs: Mapping[str, Pack], service: str | None) -> Iterator[Use]:
    locale, tenant = cast("str", unit.value["locale"]), unit.unit.tenant
    services = _maps(unit.value["services"])
    if service is None:
        used: dict[str, Map] = {name: {} for name, pack in packs.items() if pack.applies_to == "tenant"}
        facts: Map = {name: _service_facts(each, name, locale) for name, each in services.items()}
        subject: Map = {"services": facts, "quotas": unit.value.get("quotas", {})}
    else:
        value = services[service]
        implied: dict[str, Map] = {
            name: {} for name, pack in packs.items() if pack.applies_to in _SECTIONS and value.get(pack.applies_to)
        }
        used = implied | _maps(value.get("packs", {}))
        subject = {"service": _service_facts(value, service, locale)}
    for name in sorted(used):
        scope = packs[name].applies_to
        section: Map = {scope: _section(services[service or ""], scope, locale)} if scope in _SECTIONS else {}
        if scope == "slos":
            section = {scope: {slo: _scoped_counters(each, tenant) for slo, each in _maps(section[scope]).items()}}
        parameters = _parameters(packs[name], used[name], tenant)
        yield Use(packs[name], {**_unit_facts(unit, packs[name]), **subject, **section, "pack": parameters})


def queries(task: Task) -> Iterator[tuple[Keys, str]]:
    """The parameters of the unit's packs that are PromQL, by their keys."""
    for service, value in _maps(task.unit.value["services"]).items():
        for name, parameters in _maps(value.get("packs", {})).items():
            for parameter in _of_format(_QUERIES, task.kit.packs[name], parameters):
                yield ("services", service, "packs", name, parameter), cast("str", parameters[parameter])


def use_keys(use: Use, service: str) -> Keys:
    """The keys in a unit because of which a pack is used: under `packs`, the section it applies to, or `tenant`."""
    section = {"service": ("packs", use.pack.name), "tenant": ()}.get(use.pack.applies_to, (use.pack.applies_to,))
    return ("services", service, *section) if service else ("tenant",)


def _service_facts(value: Map, name: str, locale: str) -> Map:
    """What every pack receives of a service: its id, its owner, and its description in one language."""
    return {"id": name} | {key: each for key, each in _in_language(value, locale).items() if key in _SERVICE_FIELDS}


def _section(value: Map, section: str, locale: str) -> Map:
    """The objectives or the probes of a service, with every description in one language."""
    return {name: _in_language(each, locale) for name, each in _maps(value[section]).items()}


def _maps(value: Value) -> dict[str, Map]:
    return cast("dict[str, Map]", value)


def _unit_facts(unit: Resolved, pack: Pack) -> Mapping[str, Given]:
    value = unit.value
    locale = cast("str", value["locale"])
    facts = {
        "tenant": value["tenant"],
        "locale": locale,
        "timezone": value["timezone"],
        "features": value.get("features", {}),
    }
    return {**facts, **functions_with_texts(pack.messages, locale)}


def _in_language(value: Map, locale: str) -> Map:
    """A service or an objective with its description in one language."""
    description = cast("str | dict[str, str] | None", value.get("description"))
    return value if description is None else {**value, "description": localised(description, language(locale))}


def _scoped_counters(slo: Map, tenant: str) -> Map:
    """An objective whose counters are scoped to the tenant."""
    return slo | {counter: scoped(cast("str", slo[counter]), tenant) for counter in _COUNTERS if counter in slo}


def _parameters(pack: Pack, parameters: Map, tenant: str) -> Mapping[str, Given]:
    """The parameters of a pack, with defaults filled in, PromQL scoped to the tenant, and Go templates marked as such.

    Only the formats of the parameters themselves matter: checks refuse such a format deeper inside a parameter.
    """
    properties = cast("dict[str, Map]", pack.parameters.get("properties", {}))
    defaults = {name: each["default"] for name, each in properties.items() if "default" in each}
    given = {**dict.fromkeys(properties), **defaults, **parameters}
    queries = {name: scoped(cast("str", given[name]), tenant) for name in _of_format(_QUERIES, pack, given)}
    templates = {name: GoTemplate(cast("str", given[name])) for name in _of_format(_TEMPLATES, pack, given)}
    return {**given, **queries, **templates}


def _of_format(formats: Collection[str], pack: Pack, parameters: Map) -> list[str]:
    """The names of the parameters that have one of these formats."""
    properties = cast("dict[str, Map]", pack.parameters.get("properties", {}))
    of_format = (name for name, each in properties.items() if each.get("format") in formats)
    return [name for name in of_format if type(parameters.get(name)) is str]
