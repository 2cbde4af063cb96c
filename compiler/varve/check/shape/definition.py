"""Whether a pack's schema of its parameters can be used: valid, self-contained, finite, and with fitting defaults."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple, cast

from varve.check.shape import schema as schemas
from varve.check.shape.format import FORMATS
from varve.check.shape.node import nodes
from varve.check.shape.wording import AT_MOST
from varve.language import regex
from varve.language.name import dotted, nearest
from varve.language.time import duration
from varve.model.diagnostic import Note, On, Place, Report
from varve.model.source import Keys, Map, Value
from varve.resolve.history import brief
from varve.resolve.merge import value_at

_REDIRECTING: Final = ("$id", "$dynamicRef", "$dynamicAnchor", "$anchor", "$schema", "$vocabulary")
"""Keywords of JSON Schema by which a reference could mean something other than a place in the same document."""

_KEYWORDS: Final = (
    "$comment $defs $ref additionalProperties allOf anyOf const contains contentEncoding contentMediaType "
    "contentSchema default dependentRequired dependentSchemas deprecated description else enum examples "
    "exclusiveMaximum exclusiveMinimum format if items maxContains maxItems maxLength maxProperties maximum "
    "minContains minItems minLength minProperties minimum multipleOf not oneOf pattern patternProperties "
    "prefixItems properties propertyNames readOnly required then title type unevaluatedItems "
    f"unevaluatedProperties uniqueItems writeOnly {AT_MOST}"
).split()
"""The keywords of JSON Schema, and varve's own. JSON Schema ignores any other, so a misspelt one would do nothing."""

_NAMING: Final = frozenset({"properties", "patternProperties", "$defs", "dependentSchemas", "dependentRequired"})
"""Keywords whose maps have keys chosen by the author."""

_PARAMETER_FORMATS: Final = frozenset({"promql", "promql-selector", "go-template"})
"""Formats of parameters that templates receive in another form: queries scoped to the tenant, and templated texts."""

_PARAMETER_KEYS: Final = 2  # the length of a parameter's own keys

_MAX_VALUES: Final = 2000
_MAX_DEPTH: Final = 100


class Flaw(NamedTuple):
    """Why a schema cannot be used, and where."""

    reason: str
    keys: Keys
    on: On = "value"


def flaw(schema: Map) -> Flaw | None:
    """The first reason why the schema of a pack's parameters cannot be used, or None."""
    keys = schemas.invalid_part(schema)
    if keys is not None:
        return Flaw(f"`{brief(value_at(schema, keys))}` cannot be its `{dotted(keys)}`", keys)
    return next(_flaws(schema), None) or _endless(schema) or next(_misfits(schema), None)


def misplaced(schema: Map) -> Flaw | None:
    """The first thing in an otherwise valid schema that has an effect only on a parameter itself, and is elsewhere."""
    return next((each for keys, node in nodes(schema) for each in _misplaced(node, keys, schema)), None)


def _misplaced(node: Map, at: Keys, schema: Map) -> Iterator[Flaw]:
    """What would have no effect in this node or in a reference's target, unless the node is a parameter itself."""
    if at[:1] != ("properties",) or len(at) != _PARAMETER_KEYS:
        if _is_parameter_format(node.get("format")):
            reason = f"`{node['format']}` can be the format of a parameter itself, not of something inside it"
            yield Flaw(reason, (*at, "format"))
        if "default" in node and not (at and at[-1] in _NAMING):
            yield Flaw("a parameter itself can have a `default`, not something inside it", (*at, "default"))
    reference = node.get("$ref")
    target = _target(reference, schema) if isinstance(reference, str) else None
    if target is not None and _is_parameter_format(value_at(schema, (*target, "format"))):
        yield Flaw(f"the target of `{reference}` has a format that must be set here", (*at, "$ref"))


def _is_parameter_format(name: Value) -> bool:
    return isinstance(name, str) and name in _PARAMETER_FORMATS


def _flaws(schema: Map) -> Iterator[Flaw]:
    for keys, node in nodes(schema):
        for word in _REDIRECTING:
            if word in node:
                yield Flaw(f"it uses `{word}`, which is not allowed here", (*keys, word))
        yield from _unknown(node, keys)
        yield from _texts(node, keys)
        if isinstance(name := node.get("format"), str) and name not in FORMATS:
            meant = nearest(name, FORMATS)
            yield Flaw(f"unknown format `{name}`" + (f"; did you mean `{meant}`?" if meant else ""), (*keys, "format"))
        if isinstance(reference := node.get("$ref"), str) and _target(reference, schema) is None:
            where = (
                "to something that does not exist"
                if reference.startswith("#")
                else "outside the schema, and nothing is fetched"
            )
            yield Flaw(f"`{reference}` refers {where}", (*keys, "$ref"))


def _unknown(node: Map, at: Keys) -> Iterator[Flaw]:
    """Unknown keywords, and parameters that are required but not defined."""
    for word in () if at and at[-1] in _NAMING else sorted(node.keys() - {*_KEYWORDS}):
        meant = nearest(word, _KEYWORDS)
        yield Flaw(f"unknown keyword `{word}`" + (f"; did you mean `{meant}`?" if meant else ""), (*at, word), "key")
    closed = node.get("additionalProperties") is False and "patternProperties" not in node
    for index, needed in enumerate(cast("list[str]", node.get("required", [])) if closed else ()):
        if needed not in cast("Map", node.get("properties", {})):
            yield Flaw(f"it requires `{needed}`, which is not among its `properties`", (*at, "required", index))


def _texts(node: Map, at: Keys) -> Iterator[Flaw]:
    """What is wrong with the regular expressions and durations in a schema."""
    if "unevaluatedProperties" in node:
        reason = "it uses `unevaluatedProperties`; use `additionalProperties` instead"
        yield Flaw(reason, (*at, "unevaluatedProperties"))
    patterns = [("pattern", node["pattern"])] if "pattern" in node else []
    patterns += [("patternProperties", each) for each in cast("Map", node.get("patternProperties", {}))]
    for word, pattern in patterns:
        if fault := regex.fault(cast("str", pattern)):
            keys = (*at, word) if word == "pattern" else (*at, word, cast("str", pattern))
            yield Flaw(f"`{brief(pattern)}` is not a valid RE2 regular expression: {fault}", keys)
    if AT_MOST in node and duration.milliseconds(str(node[AT_MOST])) is None:
        yield Flaw(f"`{brief(node[AT_MOST])}` is not a duration", (*at, AT_MOST))


def _target(reference: str, schema: Map) -> Keys | None:
    """The keys of a reference's target in the schema, or None."""
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


def _cycles(schema: Map) -> Iterator[Keys]:
    """The references that lead, perhaps through others, to a part of the schema that contains them."""
    references = [(keys, node["$ref"]) for keys, node in nodes(schema) if "$ref" in node]
    targets = [(keys, _target(reference, schema)) for keys, reference in references if isinstance(reference, str)]
    inside = {
        target: [keys for keys, _ in targets if keys[: len(target)] == target]
        for target in {target for _, target in targets if target is not None}
    }
    leads = {keys: inside[target] for keys, target in targets if target is not None}
    return (keys for keys in leads if _leads_back(keys, leads))


def _leads_back(start: Keys, leads: Mapping[Keys, list[Keys]]) -> bool:
    seen: set[Keys] = set()
    waiting = [start]
    while waiting:
        new = [each for each in leads[waiting.pop()] if each not in seen]
        seen.update(new)
        waiting += new
    return start in seen


def _endless(schema: Map) -> Flaw | None:
    """The flaw of a schema that is endless or too large once its references are replaced by their targets, or None."""
    size, depth = _expanded(schema, schema, {}, _MAX_DEPTH)
    if size > _MAX_VALUES:
        return Flaw(f"with its references resolved it has more than {_MAX_VALUES} values", ("properties",))
    cycle = next(_cycles(schema), None) if depth > _MAX_DEPTH else None
    if cycle is not None:
        return Flaw("it refers to itself endlessly", (*cycle, "$ref"))
    return (
        Flaw(f"with its references resolved it is nested more than {_MAX_DEPTH} deep", ("properties",))
        if depth > _MAX_DEPTH
        else None
    )


def _expanded(node: Value, schema: Map, known: dict[int, tuple[int, int]], left: int) -> tuple[int, int]:
    """How many values a schema has and how deep it is, references replaced by their targets; at most `left` deep."""
    if left < 0:
        return 1, _MAX_DEPTH + 1
    if id(node) not in known:
        known[id(node)] = 1, _MAX_DEPTH + 1  # a node inside itself is endlessly deep
        inner = list(node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
        reference = node.get("$ref") if isinstance(node, dict) else None
        target = _target(reference, schema) if isinstance(reference, str) else None
        inner += [] if target is None else [value_at(schema, target)]
        sizes = [_expanded(each, schema, known, left - 1) for each in inner]
        known[id(node)] = 1 + sum(size for size, _ in sizes), 1 + max((depth for _, depth in sizes), default=0)
    return known[id(node)]


def _misfits(schema: Map) -> Iterator[Flaw]:
    loose: Map = {**schema, "required": []}
    for name, parameter in cast("dict[str, Value]", schema["properties"]).items():
        if isinstance(parameter, dict) and "default" in parameter:
            report = Report()
            schemas.check_parameters(loose, {name: parameter["default"]}, _no_place, (), report)
            for each in report:
                yield Flaw(f"a default does not fit, because {each.message}", ("properties", name, "default"))


def _no_place(keys: Keys, on: Literal["key", "value"]) -> tuple[Place, tuple[Note, ...]]:
    return Place("", keys, on), ()
