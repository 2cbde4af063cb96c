"""The values that a reload changes."""

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from varve.api.config.section import Frozen, frozen
from varve.language.name import dotted
from varve.model.source import Keys, Map, Value
from varve.model.unit import Unit

Kind: TypeAlias = Literal["added", "changed", "removed"]


class Difference(NamedTuple):
    """A value of a unit that a reload has added, changed or removed, at a path such as `services.checkout.owner`.

    `before` is None if it was added, `after` if it was removed. The path is empty if that happened to the whole unit.
    """

    unit: Unit
    path: str
    kind: Kind
    before: Frozen
    after: Frozen


def differences(unit: Unit, before: Map | None, after: Map | None) -> Iterator[Difference]:
    """The differences between two states of a unit, each None if there is no unit; lists are compared as a whole."""
    if before is not None and after is not None:
        yield from _inside(unit, before, after, ())
    elif before is not None:
        yield Difference(unit, "", "removed", frozen(before), None)
    elif after is not None:
        yield Difference(unit, "", "added", None, frozen(after))


def _inside(unit: Unit, before: Map, after: Map, keys: Keys) -> Iterator[Difference]:
    for key in dict.fromkeys((*before, *after)):
        path = (*keys, key)
        if key not in after:
            yield Difference(unit, dotted(path), "removed", frozen(before[key]), None)
        elif key not in before:
            yield Difference(unit, dotted(path), "added", None, frozen(after[key]))
        else:
            yield from _between(unit, before[key], after[key], path)


def _between(unit: Unit, before: Value, after: Value, keys: Keys) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _inside(unit, before, after, keys)
    elif not same(before, after):
        yield Difference(unit, dotted(keys), "changed", frozen(before), frozen(after))


def same(before: Value, after: Value) -> bool:
    """Whether two values are equal in JSON: unlike in Python, `true` is not 1, and 1 is not 1.0."""
    match before, after:
        case dict(), dict():
            return before.keys() == after.keys() and all(same(before[key], after[key]) for key in before)
        case list(), list():
            return len(before) == len(after) and all(map(same, before, after))
    return type(before) is type(after) and before == after
