"""Is a document of the right shape: JSON Schema, a native validator first, a detailed one where that one says no."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from varve.check import kind as kinds
from varve.check.format import FORMATS
from varve.check.locate import Locate
from varve.check.wording import Fault, word
from varve.model.diagnostic import Place, Report
from varve.model.source import Keys, Map, Value

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

_SHARED = ("unit", "platform", "settings", "pack", "rules", "platform-source")


def check(kind: str, value: Value, locate: Locate, report: Report) -> bool:
    """Whether `value` has the shape of its kind; each fault is reported where `locate` says it was written."""
    if _native(kind).is_valid(value):
        return True
    where: Keys = ("platform",) if kind == "platform" else ()
    _say(_detailed(kind), value, (locate, where), report)
    return False


def check_parameters(schema: Map, value: Value, locate: Locate, where: Keys, report: Report) -> bool:
    """Whether `value`, the parameters at `where` of a unit, fits a schema that a pack brings."""
    before = len(report)
    _say(_validator(schema), value, (locate, where), report)
    return len(report) == before


def misspelt(schema: Map) -> Keys | None:
    """Where a pack's schema is no JSON Schema of draft 2020-12, or None."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    checker = Draft202012Validator.FORMAT_CHECKER
    error = best_match(
        Draft202012Validator(Draft202012Validator.META_SCHEMA, format_checker=checker).iter_errors(schema)
    )
    return tuple(error.absolute_path) if error else None


def knows(keys: Keys) -> bool:
    """Whether the unit's schema has a place for such a path."""
    return kinds.knows(keys)


@cache
def _native(kind: str) -> "jsonschema_rs.Validator":  # type: ignore[name-defined]  # noqa: F821
    import jsonschema_rs

    registry = jsonschema_rs.Registry([(f"varve:{each}", kinds.schema(each)) for each in _SHARED])
    formats = {name: _holds(each.fault) for name, each in FORMATS.items()}
    return jsonschema_rs.validator_for(
        kinds.schema(kind), formats=formats, validate_formats=True, registry=registry, offline=True
    )


def _holds(fault: Callable[[str], str | None]) -> Callable[[str], bool]:
    return lambda text: fault(text) is None


@cache
def _detailed(kind: str) -> "Validator":
    return _validator(kinds.schema(kind))


def _validator(schema: Map | bool) -> "Validator":  # noqa: FBT001 - a schema may be `true`
    from jsonschema import Draft202012Validator, FormatChecker
    from referencing import Registry, Resource

    checker = FormatChecker(formats=())
    for name, each in FORMATS.items():
        checker.checks(name)(_holds_of_text(each.fault))
    shared = [(f"varve:{each}", Resource.from_contents(kinds.schema(each))) for each in _SHARED]
    registry: Registry[Any] = Registry().with_resources(shared)
    return Draft202012Validator(schema, registry=registry, format_checker=checker)


def _holds_of_text(fault: Callable[[str], str | None]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or fault(value) is None


def _say(validator: "Validator", value: Value, at: tuple[Locate, Keys], report: Report) -> None:
    locate, where = at
    for error in validator.iter_errors(value):
        for each in _leaves(error):
            for fault in word(each, where):
                _say_fault(fault, locate, report)


def _say_fault(fault: Fault, locate: Locate, report: Report) -> None:
    place, notes = locate(fault.keys, fault.on)
    if fault.sealed:
        place, notes = Place(place.file, place.keys, place.on, place.span, sealed=True), ()
    report.say(fault.rule, fault.message, place, *notes, hint=fault.hint)


def _leaves(error: "ValidationError") -> Iterator["ValidationError"]:
    """The errors to speak of: where a value could have been a reference, those of the value that it is."""
    if error.validator == "anyOf" and kinds.REFERENCE in cast("list[Value]", error.validator_value):
        for inner in error.context or ():
            if inner.relative_schema_path[0] == 0:
                yield from _leaves(inner)
    else:
        yield error
