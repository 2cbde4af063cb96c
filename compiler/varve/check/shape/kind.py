"""The kinds of documents and the schema of each: read from `schemas/`, or derived from the unit's."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pkgutil import get_data
from typing import Final, cast

from varve.model.source import Keys, Map, Value
from varve.resolve.keyword import REMOVE
from varve.resolve.merge import Strategy

REFERENCE: Final[Map] = {"type": "string", "pattern": "%\\{[A-Za-z]"}
_ONLY_RESOLVED: Final = frozenset(
    {"required", "oneOf", "anyOf", "minProperties", "maxProperties", "properties", "propertyNames", "$defs"}
)
_GRANTED: Final = "x-varve-granted"
_UNIT: Final = "varve:unit#"
WRITTEN: Final = (
    *("settings", "unit", "platform", "pack", "rules", "dashboard", "routes"),
    *("policy", "framework", "waivers", "policies"),
)


@cache
def written(kind: str) -> Map:
    """The schema of one of the kinds in `WRITTEN`, as in its file."""
    schema: Map = json.loads(cast("bytes", get_data("varve", f"schemas/{kind}.json")))
    return schema


@cache
def schema(kind: str) -> Map:
    """The JSON Schema of a kind of document, complete except for other `varve:` schemas.

    Besides the written kinds there are those of the sources, derived from the unit's: `tenant` for a tenant's own
    files, `layer` for the platform's, `service` and `user` for the files of one service or user.
    """
    return KINDS[kind]()


def _tenant() -> Map:
    """The schema of a tenant's source: without the keys that only the platform may grant, so that they need no lock."""
    granted = {key for key, each in cast("dict[str, Map]", written("unit")["properties"]).items() if _GRANTED in each}
    unit = source_schema(written("unit"))
    allowed = {key: each for key, each in cast("Map", unit["properties"]).items() if key not in granted}
    return unit | {"$id": "varve:tenant", "title": "A tenant's source: any part of its unit", "properties": allowed}


def _layer() -> Map:
    unit = source_schema(written("unit"))
    properties = cast("Map", unit["properties"])
    platform = {
        "platform": {"$ref": "varve:platform-source"},
        "locks": {
            "description": "Paths that only the platform may set.",
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string"},
        },
        "extends": {
            "description": "The environment whose file is merged just before this one.",
            "type": "string",
            "format": "id",
        },
    }
    return unit | {
        "$id": "varve:layer",
        "title": "A platform layer: any part of a unit, and the platform's own settings",
        "properties": cast("Value", properties | platform),
    }


def _platform_source() -> Map:
    return source_schema(written("platform")) | {"$id": "varve:platform-source"}


def _part(name: str) -> Callable[[], Map]:
    def part() -> Map:
        unit = source_schema(written("unit"))
        definitions = cast("dict[str, Map]", unit["$defs"])
        return {
            "$schema": unit["$schema"],
            "$id": f"varve:{name}",
            **definitions[name],
            "$defs": cast("Value", definitions),
        }

    return part


KINDS: Final[Mapping[str, Callable[[], Map]]] = {
    **{kind: partial(written, kind) for kind in WRITTEN},
    "tenant": _tenant,
    "layer": _layer,
    "platform-source": _platform_source,
    "service": _part("service"),
    "user": _part("user"),
}


def source_schema(node: Map) -> Map:
    """The schema of a source, from the schema of the resolved value.

    Nothing is required, everything may be a reference, maps may have keys that begin with a dollar sign, and keys that
    only varve writes are not allowed.
    """
    admitted: Map = {key: value for key, value in node.items() if key not in _ONLY_RESOLVED}
    if str(node.get("$ref")).startswith(_UNIT):
        # The parts of the unit's schema that the platform's schema refers to are not resolved yet either.
        admitted["$ref"] = str(node["$ref"]).replace(_UNIT, "varve:tenant#", 1)
    if "properties" in node or isinstance(node.get("additionalProperties"), dict):
        patterns = cast("dict[str, Map]", node.get("patternProperties", {}))
        admitted["patternProperties"] = {**{each: _in_source(patterns[each]) for each in patterns}, "^\\$": True}
    if "propertyNames" in node:
        admitted["propertyNames"] = {"if": {"pattern": "^\\$"}, "else": node["propertyNames"]}
    if "properties" in node:
        properties = cast("dict[str, Map]", node["properties"])
        admitted["properties"] = {
            key: _in_source(each) for key, each in properties.items() if "x-varve-written" not in each
        }
    for key in ("additionalProperties", "items"):
        if isinstance(node.get(key), dict):
            admitted[key] = _in_source(cast("Map", node[key]))
    if "$defs" in node:
        admitted["$defs"] = {key: _definition(each) for key, each in cast("dict[str, Map]", node["$defs"]).items()}
    return admitted


def _definition(node: Map) -> Map:
    return node if node.get("x-varve-secret") else source_schema(node)


def _in_source(node: Map) -> Map:
    """The schema of a value in a source, where it may also be a reference, or remove items from a list."""
    if node.get("x-varve-secret") or node.get("$ref") == "#/$defs/secret":
        return node
    alternatives: list[Value] = [source_schema(node), REFERENCE]
    if "x-varve-list" in node:
        alternatives.append(
            {"type": "object", "required": [REMOVE], "properties": {REMOVE: True}, "additionalProperties": False}
        )
    description = {key: node[key] for key in ("description",) if key in node}
    return {**description, "anyOf": alternatives}


@cache
def strategy(kind: str) -> Strategy:
    """How the paths of a kind of document are merged, from its schema."""
    return _strategy(written(kind), kind)


def _strategy(node: Map, kind: str) -> Strategy:
    if "$ref" in node:
        return _strategy(*_target(cast("str", node["$ref"]), kind))
    inside = {key: _strategy(each, kind) for key, each in cast("dict[str, Map]", node.get("properties", {})).items()}
    every = node.get("additionalProperties", node.get("items"))
    return Strategy(
        how=cast("dict[str, str]", node).get("x-varve-list", "replace"),  # type: ignore[arg-type]
        key=cast("str", node.get("x-varve-key", "")),
        atom=bool(node.get("x-varve-secret") or node.get("x-varve-atom")),
        inside=inside or None,
        every=_strategy(every, kind) if isinstance(every, dict) else None,
    )


def is_unit_path(keys: Keys) -> bool:
    """Whether the unit's schema has such a path."""
    return _at(keys, "unit") is not None


def node(keys: Keys) -> Map | None:
    """The schema of a path of a unit, or below `platform` of an environment; None if there is no such path."""
    return _at(keys[1:], "platform") if keys[:1] == ("platform",) else _at(keys, "unit")


def is_entry(keys: Keys) -> bool:
    """Whether the last key of a path is a chosen name or a position: without such an entry, no default applies."""
    above = node(keys[:-1]) or {}
    return bool(keys) and keys[-1] not in cast("Map", above.get("properties", {}))


def _at(keys: Keys, kind: str) -> Map | None:
    node = written(kind)
    for key in keys:
        inside = cast("Map", node.get("properties", {}))
        every = node.get("additionalProperties", node.get("items", {}))
        found = inside.get(cast("str", key), every if not node or node.get("type") in ("object", "array") else False)
        if not isinstance(found, dict):
            return None
        node, kind = _dereferenced(found, kind)
    return node


def _dereferenced(node: Map, kind: str) -> tuple[Map, str]:
    """The target of a `$ref`, with the kind in whose schema it is; any other schema as it is."""
    while "$ref" in node:
        node, kind = _target(cast("str", node["$ref"]), kind)
    return node, kind


@cache
def secret_keys() -> frozenset[str]:
    """The keys whose values are, in every schema that has them, secrets or maps that contain one among other things."""
    holders = [each for kind in ("unit", "platform") for each in _holders(written(kind), kind)]
    return frozenset(key for key, secret in holders if secret) - {key for key, secret in holders if not secret}


def _holders(node: Value, kind: str) -> Iterator[tuple[str, bool]]:
    """Every key in a schema, and whether its value is a secret or a map that contains one."""
    for each in node if isinstance(node, list) else node.values() if isinstance(node, dict) else ():
        yield from _holders(each, kind)
    if isinstance(node, dict) and isinstance(node.get("properties"), dict):
        for key, each in cast("dict[str, Map]", node["properties"]).items():
            target, _ = _dereferenced(each, kind)
            yield key, bool(target.get("x-varve-secret")) or holds_secret(target)


def holds_secret(node: Map) -> bool:
    """Whether a schema is of maps that have a secret among their values; secrets have a single definition."""
    inside = cast("dict[str, Value]", node.get("properties", {})).values()
    return any(isinstance(each, dict) and str(each.get("$ref")).endswith("#/$defs/secret") for each in inside)


def _target(reference: str, kind: str) -> tuple[Map, str]:
    document, _, pointer = reference.partition("#")
    kind = document.removeprefix("varve:") or kind
    node = written(kind)
    for step in pointer.strip("/").split("/"):
        node = cast("Map", node[step])
    return node, kind


def bundled(kind: str) -> Map:
    """The schema of a kind together with those that it refers to, for editors that fetch nothing."""
    root = schema(kind)
    others = {
        name: schema(name)
        for name in ("unit", "platform-source", "tenant")
        if f'"varve:{name}' in json.dumps(root).replace(f'"$id": "varve:{kind}"', "") and name != kind
    }
    if "platform-source" in others:
        others["tenant"] = schema("tenant")
    definitions = cast("Map", root.get("$defs", {}))
    return (
        {**root, "$defs": cast("Value", {**definitions, **{f"varve:{name}": each for name, each in others.items()}})}
        if others
        else root
    )
