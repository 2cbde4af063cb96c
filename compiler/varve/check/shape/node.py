"""The subschemas of a JSON Schema."""

from collections.abc import Iterator

from varve.model.source import Keys, Map, Value

_NAMING = ("properties", "patternProperties", "$defs", "dependentSchemas")
_VALUES = ("const", "enum", "default", "examples")


def nodes(schema: Value, at: Keys = ()) -> Iterator[tuple[Keys, Map]]:
    """Every map in a schema that can be a schema itself, and its place; plain values such as defaults are excluded."""
    if isinstance(schema, list):
        for index, each in enumerate(schema):
            yield from nodes(each, (*at, index))
    if not isinstance(schema, dict):
        return
    names_parameters = bool(at) and at[-1] in _NAMING
    if not names_parameters or at[-2:-1] == ("properties",):
        yield at, schema
    for key, each in schema.items():
        if names_parameters or key not in _VALUES:
            yield from nodes(each, (*at, key))
