"""Validates documents with JSON Schema: a native validator decides, and a detailed one explains what is wrong."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

from varve.check.shape import kind as kinds
from varve.check.shape.format import FORMATS
from varve.check.shape.locate import Locate
from varve.check.shape.node import nodes
from varve.check.shape.wording import AT_MOST, Fault, frozen, to_faults
from varve.language import regex
from varve.language.cache_key import ContentKey, IdentityKey, content_key
from varve.language.time import duration
from varve.model.diagnostic import Note, Place, Report
from varve.model.source import Keys, Map, Value

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

_MAX_FAULTS: Final = 1000  # the maximum number of faults found in one document; a report keeps fewer of one kind
_CACHE_SIZE: Final = 1024  # results kept for each format: the environments of a tenant have nearly the same texts
_SHARED = ("unit", "tenant", "platform", "settings", "pack", "rules", "platform-source")
_SAME_IN_BOTH: Final = frozenset(
    (
        *("type", "enum", "const", "format", "pattern", AT_MOST, "anyOf", "allOf", "oneOf"),
        *("properties", "additionalProperties", "required", "items", "uniqueItems"),
        *(f"{end}{what}" for end in ("min", "max") for what in ("Length", "Items", "Properties")),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("title", "description", "default", "examples"),
    )
)
"""The keywords with the same meaning for both validators. A pack's schema with any other is checked by the detailed
one alone: there the native one is slower, or counts differently."""


def check(kind: str, value: Value, locate: Locate, report: Report) -> bool:
    """Whether `value` has the shape of its kind; each fault is reported at the place that `locate` returns."""
    if _native(kind).is_valid(value):
        return True
    where: Keys = ("platform",) if kind == "platform" else ()
    _report(_detailed(kind), value, (locate, where), report)
    return False


def check_parameters(schema: Map, value: Value, locate: Locate, where: Keys, report: Report) -> bool:
    """Whether `value`, the parameters at `where` of a unit, fits the schema of a pack."""
    if isinstance(value, dict) and _fits(IdentityKey(schema), content_key(value)):
        return True
    diagnostics = Report()
    _report(_detailed_of_pack(IdentityKey(schema)), value, (locate, where), diagnostics)
    report.extend(diagnostics)
    return not diagnostics.broken


@lru_cache(_CACHE_SIZE)
def _fits(schema: IdentityKey[Map], value: ContentKey) -> bool:
    """Whether parameters are valid; cached, because most services that use a pack have the same ones."""
    return _validity_test(schema)(value.value)


@lru_cache(_CACHE_SIZE)
def _validity_test(schema: IdentityKey[Map]) -> Callable[[Value], bool]:
    """The function that validates parameters: the native validator's, if it judges as the detailed one does."""
    same_in_both = all(_SAME_IN_BOTH.issuperset(node) for _, node in nodes(schema.value))
    validator = _native_of(schema.value) if same_in_both else _detailed_of_pack(schema)
    is_valid: Callable[[Value], bool] = validator.is_valid
    return is_valid


@lru_cache(_CACHE_SIZE)
def _detailed_of_pack(schema: IdentityKey[Map]) -> "Validator":
    return _validator(schema.value)


def invalid_part(schema: Map) -> Keys | None:
    """The place where a pack's schema is not JSON Schema of draft 2020-12, or None."""
    if _meta_schema().is_valid(schema):
        return None
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema))
    return tuple(error.absolute_path) if error else None


@cache
def _native(kind: str) -> "jsonschema_rs.Validator":  # type: ignore[name-defined]  # noqa: F821
    import jsonschema_rs

    return jsonschema_rs.validator_for(
        kinds.schema(kind), formats=_formats(), validate_formats=True, registry=_registry(), offline=True
    )


def _native_of(schema: Map) -> "jsonschema_rs.Draft202012Validator":  # type: ignore[name-defined]  # noqa: F821
    """The native validator of a self-contained schema; its regular expressions are those of RE2 too."""
    import jsonschema_rs

    words = {"pattern": _keyword(_matches), AT_MOST: _keyword(_is_at_most)}
    return jsonschema_rs.Draft202012Validator(
        schema, formats=_formats(), validate_formats=True, keywords=words, offline=True
    )


def _keyword(holds: Callable[[str, Value], bool]) -> type[Any]:
    """A keyword as the native validator expects it; `holds` receives the keyword's argument and the value."""

    class Word:
        def __init__(self, _: Map, argument: str, __: object) -> None:
            self._argument = argument

        def validate(self, instance: Value) -> None:
            if not holds(self._argument, instance):
                raise ValueError

    return Word


@cache
def _meta_schema() -> "jsonschema_rs.Draft202012Validator":  # type: ignore[name-defined]  # noqa: F821
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator({"$ref": "https://json-schema.org/draft/2020-12/schema"}, offline=True)


@cache
def _registry() -> "jsonschema_rs.Registry":  # type: ignore[name-defined]  # noqa: F821
    import jsonschema_rs

    return jsonschema_rs.Registry([(f"varve:{each}", kinds.schema(each)) for each in _SHARED])


@cache
def _formats() -> dict[str, Callable[[str], bool]]:
    return {name: _cached_format(each.fault) for name, each in FORMATS.items()}


def _cached_format(fault: Callable[[str], str | None]) -> Callable[[str], bool]:
    return lru_cache(_CACHE_SIZE)(lambda text: fault(text) is None)


@cache
def _detailed(kind: str) -> "Validator":
    return _validator(kinds.schema(kind))


def _validator(schema: Map | bool) -> "Validator":  # noqa: FBT001 - a schema may be `true`
    from jsonschema import FormatChecker
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    checker = FormatChecker(formats=())
    for name, each in FORMATS.items():
        checker.checks(name)(_format_of_text(each.fault))
    shared = [(f"varve:{each}", DRAFT202012.create_resource(_without_dialect(kinds.schema(each)))) for each in _SHARED]
    registry: Registry[Any] = Registry().with_resources(shared)
    return _dialect()(schema, registry=registry, format_checker=checker)


def _without_dialect(schema: Map) -> Map:
    # Where another schema refers to one that declares the standard dialect, that dialect would be used.
    return {word: value for word, value in schema.items() if word != "$schema"}


@cache
def _dialect() -> "type[Validator]":
    """JSON Schema with the regular expressions of RE2, which run in bounded time, and with varve's own keywords."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    words = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "uniqueItems": _unique_items,
        AT_MOST: _at_most,
    }
    return cast("type[Validator]", extend(Draft202012Validator, words))  # type: ignore[no-untyped-call]


# Keywords as jsonschema calls them: with its validator, the keyword's argument, the value, and the schema.
def _pattern(_: "Validator", pattern: str, text: Value, __: Map) -> Iterator["ValidationError"]:
    if not _matches(pattern, text):
        yield _error("pattern")


def _pattern_properties(
    validator: Any,  # noqa: ANN401 - `descend` is not in the protocol
    patterns: Mapping[str, Map],
    value: Value,
    _: Map,
) -> Iterator["ValidationError"]:
    for key, each in value.items() if isinstance(value, dict) else ():
        for pattern, schema in patterns.items():
            if regex.finds(pattern, key):
                yield from validator.descend(each, schema, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any,  # noqa: ANN401 - as above
    additional: Map | bool,  # noqa: FBT001 - as in a schema
    value: Value,
    schema: Map,
) -> Iterator["ValidationError"]:
    known, patterns = (cast("Map", schema.get(word, {})) for word in ("properties", "patternProperties"))
    others = [
        key
        for key in (value if isinstance(value, dict) else ())
        if key not in known and not any(regex.finds(pattern, key) for pattern in patterns)
    ]
    if isinstance(additional, dict):
        for key in others:
            yield from validator.descend(cast("Map", value)[key], additional, path=key)
    elif others and not additional:
        yield _error("additionalProperties")


def _unique_items(_: "Validator", wanted: bool, value: Value, __: Map) -> Iterator["ValidationError"]:  # noqa: FBT001
    # jsonschema compares maps in pairs: with thousands of them this would take minutes.
    if wanted and isinstance(value, list) and len(set(map(frozen, value))) < len(value):
        yield _error("uniqueItems")


def _at_most(_: "Validator", longest: str, text: Value, __: Map) -> Iterator["ValidationError"]:
    if not _is_at_most(longest, text):
        yield _error(AT_MOST)


def _matches(pattern: str, text: Value) -> bool:
    return not isinstance(text, str) or regex.finds(pattern, text)


def _is_at_most(longest: str, text: Value) -> bool:
    return not isinstance(text, str) or duration.lasts(text) <= duration.lasts(longest)


def _error(message: str) -> "ValidationError":
    from jsonschema import ValidationError

    return ValidationError(message)


def _format_of_text(fault: Callable[[str], str | None]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or fault(value) is None


def _report(validator: "Validator", value: Value, at: tuple[Locate, Keys], report: Report) -> None:
    locate, where = at
    leaves = (leaf for error in validator.iter_errors(value) for leaf in _leaves(error))
    faults = (fault for leaf in leaves for fault in to_faults(leaf, where))
    for fault in islice(faults, _MAX_FAULTS):
        _report_fault(fault, locate, report)


def _report_fault(fault: Fault, locate: Locate, report: Report) -> None:
    place, notes = locate(fault.keys, fault.on)
    if fault.conflict:
        notes = (Note(f"`{fault.conflict[-1]}` is set here", locate(fault.conflict, "key")[0]), *notes)
    if fault.sealed:
        place, notes = Place(place.file, place.keys, place.on, place.span, sealed=True), ()
    report.add(fault.rule, fault.message, place, *notes, hint=fault.hint)


def _leaves(error: "ValidationError") -> Iterator["ValidationError"]:
    """The errors to report; where a value could also be a reference, only those of the value itself."""
    if error.validator == "anyOf" and kinds.REFERENCE in cast("list[Value]", error.validator_value):
        for inner in error.context or ():
            if inner.relative_schema_path[0] == 0:
                yield from _leaves(inner)
    else:
        yield error
