"""The structure that a template's output must have: maps and lists where its target needs them, and no unknown key."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from varve.language.cache_key import IdentityKey
from varve.language.kind import kind
from varve.language.name import dotted
from varve.model.diagnostic import Place, Report, Rule
from varve.model.source import Keys, Map, Value
from varve.resolve.merge import value_at

WRONG_SHAPE = Rule(
    "emit/wrong-shape",
    "Template output has the wrong structure",
    "A rules template produces a map with `rules`, a list of alerts and recordings; a scrape template the map of one "
    "job; a test template a map with `tests`. Prometheus refuses a whole file because of one unknown key or name. An "
    "alert has a severity that routes know, and no rule sets its tenant, because varve does. The message names the "
    "place in the template's output. No tenant can fix this: change the template.",
)


Test: TypeAlias = Callable[[Value], str | None]
"""Returns what is wrong with a value, as words that follow its name, or None."""


class MapShape(NamedTuple):
    """A map: the shapes of its values by key, `*` for all others; required keys, and keys of which just one is set.

    `key` checks the keys that `*` stands for. A key of `excludes` must not be next to any of the keys that it maps to,
    and a key of `implies` needs something at the path that it maps to.
    """

    entries: Mapping[str, "Shape"]
    needs: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    key: Test = lambda _: None
    excludes: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    implies: Mapping[str, tuple[str, ...]] = MappingProxyType({})


Shape: TypeAlias = MapShape | list["Shape"] | Test | None
"""A map, a list with the shape of all its items, a test that the value must pass, or anything."""

ANY_MAP: Final = MapShape({"*": None})


def checked(value: Value, shape: MapShape, template: str, report: Report) -> Map:
    """The output of `template`, or an empty map if it is None or has another shape; the latter is reported."""
    wrong = None if value is None else _cached_fault(IdentityKey(value), IdentityKey(shape))
    if wrong is not None:
        report.add(WRONG_SHAPE, f"{_where(wrong.at)} {wrong.message}", Place(template), hint="change the template")
    return value if wrong is None and isinstance(value, dict) else {}


class _Fault(NamedTuple):
    """What is wrong inside the value being checked, as words that follow the name of the place `at`."""

    message: str
    at: Keys = ()

    def below(self, key: str | int) -> "_Fault":
        return _Fault(self.message, (key, *self.at))


@lru_cache(maxsize=1024)
def _cached_fault(value: IdentityKey[Value], shape: IdentityKey[MapShape]) -> _Fault | None:
    return _fault(value.value, shape.value)


def _fault(value: Value, shape: Shape) -> _Fault | None:
    """The first mistake in a value, or None; builds nothing on the way, because nearly all values are right."""
    if isinstance(shape, MapShape):
        if isinstance(value, dict):
            return _keys_fault(value, shape) or _entries_fault(value, shape)
        return _Fault(f"is {kind(value)} but a map is needed")
    if isinstance(shape, list):
        return _list_fault(value, shape[0])
    wrong = shape(value) if shape is not None else None
    return _Fault(wrong) if wrong else None


def _list_fault(value: Value, shape: Shape) -> _Fault | None:
    if not isinstance(value, list):
        return _Fault(f"is {kind(value)} but a list is needed")
    for index, item in enumerate(value):
        if wrong := _fault(item, shape):
            return wrong.below(index)
    return None


def _keys_fault(value: Map, shape: MapShape) -> _Fault | None:
    """A mistake in the set of keys of a map, or None."""
    for key in shape.needs:
        if value.get(key) is None:
            return _Fault(f"lacks `{key}`")
    if shape.one_of and [value[key] is None for key in shape.one_of if key in value] != [False]:
        return _Fault(f"needs either {' or '.join(f'`{key}`' for key in shape.one_of)}")
    for key, others in shape.excludes.items():
        if key in value and (other := next((other for other in others if value.get(other)), None)):
            return _Fault(f"has `{other}` beside `{key}`")
    for key, path in shape.implies.items():
        if key in value and value_at(value, path) is None:
            return _Fault(f"lacks `{dotted(path)}`")
    return None


def _entries_fault(value: Map, shape: MapShape) -> _Fault | None:
    """A mistake in a single key or in its value, or None."""
    shapes = shape.entries
    for key, each in value.items():
        if key in shapes:
            entry_shape = shapes[key]
        elif wrong := shape.key(key):
            return _Fault(f"has the key `{key}`, which {wrong}")
        elif "*" in shapes:
            entry_shape = shapes["*"]
        else:
            return _Fault(f"has the unknown key `{key}`")
        if entry_shape is not None and each is not None and (fault := _fault(each, entry_shape)):
            return fault.below(key)
    return None


def _where(at: Keys) -> str:
    return f"`{dotted(at)}`" if at else "the output of the template"
