"""Which packs a service or a tenant uses, and what their templates are given."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

from varve.emit.function import functions
from varve.emit.kit import Task
from varve.emit.template.given import Given
from varve.language.message import Catalogue, language, localised
from varve.model.pack import Pack
from varve.model.source import Map, Value

_SECTIONS: Final = ("slos", "probes")


class Use(NamedTuple):
    """A pack, and the context in which its templates are rendered."""

    pack: Pack
    context: Mapping[str, Given]


def uses(task: Task, service: str | None) -> Iterator[Use]:
    """The packs that a service uses, or the tenant itself where there is none, sorted by name."""
    locale = cast("str", task.unit.value["locale"])
    services = {
        name: _service(each, name, locale)
        for name, each in _maps(task.unit.value["services"]).items()
        if service in (None, name)
    }
    if service is None:
        asked: dict[str, Map] = {pack.name: {} for pack in task.kit.packs.values() if pack.applies_to == "tenant"}
        about: Map = {"services": cast("Map", services), "quotas": task.unit.value.get("quotas", {})}
    else:
        asked = _maps(services[service].get("packs", {})) | _implied(task, services[service])
        about = {"service": services[service]}
    for name in sorted(asked):
        pack = task.kit.packs[name]
        yield Use(pack, {**_shared(task, pack), **about, "pack": _parameters(pack, asked[name])})


def _service(value: Map, name: str, locale: str) -> Map:
    """A service as templates see it: with its id, and with every description in one language."""
    slos: Map = {slo: _in_language(each, locale) for slo, each in _maps(value.get("slos", {})).items()}
    return {"probes": {}, **_in_language(value, locale), "slos": slos, "id": name}


def _maps(value: Value) -> dict[str, Map]:
    return cast("dict[str, Map]", value)


def _implied(task: Task, service: Map) -> dict[str, Map]:
    """The packs that apply because the service has objectives or probes."""
    return {
        pack.name: {}
        for pack in task.kit.packs.values()
        if pack.applies_to in _SECTIONS and service.get(pack.applies_to)
    }


def _shared(task: Task, pack: Pack) -> Mapping[str, Given]:
    value = task.unit.value
    locale = cast("str", value["locale"])
    facts = {
        "tenant": value["tenant"],
        "environment": task.unit.unit.environment,
        "locale": locale,
        "timezone": value["timezone"],
    }
    messages = pack.messages.get(language(locale), {})
    return {**facts, **functions(locale), "text": Catalogue(language(locale), messages)}


def _in_language(value: Map, locale: str) -> Map:
    """A service or an objective with its description in one language."""
    said = cast("str | dict[str, str] | None", value.get("description"))
    return value if said is None else {**value, "description": localised(said, language(locale))}


def _parameters(pack: Pack, said: Map) -> Map:
    """The parameters of a pack, with the defaults of those that are not said."""
    properties = cast("dict[str, Map]", pack.parameters.get("properties", {}))
    defaults = {name: each["default"] for name, each in properties.items() if "default" in each}
    return {**dict.fromkeys(properties), **defaults, **said}
