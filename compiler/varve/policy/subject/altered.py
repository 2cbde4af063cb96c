"""The values that a change alters, by the resolved units before and after it."""

from collections.abc import Iterator

from varve.language.name import dotted
from varve.model.change import ValueChange
from varve.model.layer import Stack
from varve.model.source import Keys, Map, Value
from varve.model.unit import Unit
from varve.resolve.history import origin


def altered(unit: Unit, before: Map, after: Map, stack: Stack) -> Iterator[ValueChange]:
    """The values that differ, each with its place in `stack`, or where it would be set; maps are compared by key.

    For an environment's own settings, the tenant of `unit` is empty.
    """
    for keys, old, new in _differing(before, after, ()):
        yield ValueChange(unit.tenant, unit.environment, dotted(keys), old, new, origin(stack, keys)[0])


def _differing(before: Value, after: Value, keys: Keys) -> Iterator[tuple[Keys, Value, Value]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from _differing(before.get(key), after.get(key), (*keys, key))
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        yield keys, before, after
