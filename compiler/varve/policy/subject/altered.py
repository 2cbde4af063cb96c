"""Which values a change makes others, by what units resolve to without it and with it."""

from collections.abc import Iterator

from varve.language.name import dotted
from varve.model.change import Altered
from varve.model.layer import Stack
from varve.model.source import Keys, Map, Value
from varve.model.unit import Unit
from varve.resolve.history import origin


def altered(unit: Unit, before: Map, after: Map, stack: Stack) -> Iterator[Altered]:
    """The values that differ, each with where `stack` says it now, or would say it; maps are looked into.

    Of an environment's own settings the tenant of `unit` is empty.
    """
    for keys, was, will in _differing(before, after, ()):
        yield Altered(unit.tenant, unit.environment, dotted(keys), was, will, origin(stack, keys)[0])


def _differing(before: Value, after: Value, keys: Keys) -> Iterator[tuple[Keys, Value, Value]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from _differing(before.get(key), after.get(key), (*keys, key))
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        yield keys, before, after
