"""Can a pack's schema of its parameters be used: sound, whole in itself, finite, and with defaults that fit."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple, cast

from varve.check import schema as schemas
from varve.check.format import FORMATS
from varve.language.name import dotted, nearest
from varve.model.diagnostic import Note, Place, Report
from varve.model.source import Keys, Map, Value
from varve.resolve.history import brief
from varve.resolve.merge import look

_ELSEWHERE: Final = ("$id", "$dynamicRef", "$dynamicAnchor", "$anchor", "$schema", "$vocabulary")
"""Words of JSON Schema that let a reference mean something other than a place in the same document."""


class Flaw(NamedTuple):
    """Why a schema cannot be used, and where in it."""

    reason: str
    keys: Keys


def flaw(schema: Map) -> Flaw | None:
    """The first thing for which the schema of a pack's parameters cannot be used, or None."""
    wrong = schemas.misspelt(schema)
    if wrong is not None:
        return Flaw(f"`{brief(cast('Value', look(schema, wrong)))}` cannot be its `{dotted(wrong)}`", wrong)
    return next(_flaws(schema), None) or next(_misfits(schema), None)


def _flaws(schema: Map) -> Iterator[Flaw]:
    references: dict[Keys, Keys] = {}
    for keys, node in _nodes(schema, ()):
        for word in _ELSEWHERE:
            if word in node:
                yield Flaw(f"it uses `{word}`, and stands by itself", (*keys, word))
        if isinstance(name := node.get("format"), str) and name not in FORMATS:
            meant = nearest(name, FORMATS)
            yield Flaw(f"there is no format `{name}`" + (f", but `{meant}`" if meant else ""), (*keys, "format"))
        if isinstance(reference := node.get("$ref"), str):
            target = _target(reference, schema)
            if target is None:
                where = "nowhere in it" if reference.startswith("#") else "out of it, and nothing is fetched"
                yield Flaw(f"`{reference}` leads {where}", (*keys, "$ref"))
            else:
                references[keys] = target
    for keys in references:
        if _returns(keys, references):
            yield Flaw("it refers to itself, and has no end", (*keys, "$ref"))


def _nodes(node: Value, at: Keys) -> Iterator[tuple[Keys, Map]]:
    """Every map inside a schema that can be one itself: not the values that it names."""
    if isinstance(node, list):
        for index, each in enumerate(node):
            yield from _nodes(each, (*at, index))
    if not isinstance(node, dict):
        return
    names_parameters = bool(at) and at[-1] in ("properties", "patternProperties", "$defs", "dependentSchemas")
    if not names_parameters or at[-2:-1] == ("properties",):
        yield at, node
    for key, each in node.items():
        if names_parameters or key not in ("const", "enum", "default", "examples"):
            yield from _nodes(each, (*at, key))


def _target(reference: str, schema: Map) -> Keys | None:
    """Where in the schema a reference leads, or None."""
    document, _, pointer = reference.partition("#")
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    here: object = schema
    keys: list[str | int] = []
    for step in steps:
        key: str | int = int(step) if isinstance(here, list) and step.isdecimal() else step
        match here, key:
            case dict(), str() if key in here:
                here = here[key]
            case list(), int() if key < len(here):
                here = here[key]
            case _:
                return None
        keys.append(key)
    return tuple(keys) if not document and pointer.startswith("/") and isinstance(here, (dict, bool)) else None


def _returns(start: Keys, references: Mapping[Keys, Keys]) -> bool:
    """Whether a reference leads, through others, to something that holds it."""
    seen: set[Keys] = set()
    waiting = [start]
    while waiting:
        target = references[waiting.pop()]
        for each in references:
            if each[: len(target)] == target and each not in seen:
                seen.add(each)
                waiting.append(each)
    return start in seen


def _misfits(schema: Map) -> Iterator[Flaw]:
    for name, parameter in cast("dict[str, Value]", schema["properties"]).items():
        if isinstance(parameter, dict) and "default" in parameter:
            said = Report()
            loose: Map = {**schema, "required": []}
            schemas.check_parameters(loose, {name: parameter["default"]}, _nowhere, (), said)
            for each in said:
                yield Flaw(f"a default does not fit, because {each.message}", ("properties", name, "default"))


def _nowhere(keys: Keys, on: Literal["key", "value"]) -> tuple[Place, tuple[Note, ...]]:
    return Place("", keys, on), ()
