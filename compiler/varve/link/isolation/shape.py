"""Whether an artifact has only the keys and types that the proof covers."""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from varve.language.fault import quote
from varve.link.isolation.evidence import Breach
from varve.model.source import Keys, Map, Value

Shape: TypeAlias = "dict[str, Shape] | list[Shape] | type | None"
"""What a value may be: a map of these keys, `*` for any other key; a list; a text or a boolean; None for anything."""

TEXT: Final = str
TRUTH: Final = bool
MAP: Final[Shape] = {"*": None}
TEXTS: Final[Shape] = {"*": TEXT}
_NOT_ALLOWED: Final[Shape] = [None]
"""The shape of a key that is not allowed."""


def misshapen(value: Value, shape: Shape) -> tuple[Breach, ...]:
    """The places in `value` whose type or key the shape does not allow; null is allowed everywhere."""
    return () if _fits(value, shape) else tuple(_misshapen(value, shape, ()))


def _fits(value: Value, shape: Shape) -> bool:
    """Whether the value fits, which it nearly always does; checked first, since it allocates nothing."""
    if shape is None or value is None:
        return True
    if isinstance(shape, dict):
        return isinstance(value, dict) and _fits_map(value, shape)
    if isinstance(shape, list):
        return isinstance(value, list) and _fits_list(value, shape[0])
    return isinstance(value, shape) or (shape is TEXT and isinstance(value, int | float))


# The two loops below visit every value of every artifact, so for texts, the most frequent, they do the least.


def _fits_map(value: Map, shape: dict[str, Shape]) -> bool:
    other = shape.get("*", _NOT_ALLOWED)
    for key, each in value.items():
        allowed = shape.get(key, other)
        if allowed is None or (allowed is TEXT and each.__class__ is str):
            continue
        if allowed is _NOT_ALLOWED or not _fits(each, allowed):
            return False
    return True


def _fits_list(value: list[Value], inner: Shape) -> bool:
    for each in value:
        if inner is TEXT and each.__class__ is str:
            continue
        if not _fits(each, inner):
            return False
    return True


def _misshapen(value: Value, shape: Shape, at: Keys) -> Iterator[Breach]:
    match shape:
        case None:
            return
        case dict():
            if isinstance(value, dict):
                yield from _misshapen_map(value, shape, at)
                return
        case list():
            if isinstance(value, list):
                for index, each in enumerate(value):
                    yield from _misshapen(each, shape[0], (*at, index))
                return
        case type():
            if isinstance(value, shape) or (shape is TEXT and isinstance(value, int | float)):
                return
    if value is not None:
        yield Breach("the value does not have the shape that the target reads", at)


def _misshapen_map(value: Map, shape: Mapping[str, Shape], at: Keys) -> Iterator[Breach]:
    for key, each in value.items():
        if key in shape or "*" in shape:
            yield from _misshapen(each, shape.get(key, shape.get("*")), (*at, key))
        else:
            yield Breach(f"{quote(key)} is not a key that varve writes here", (*at, key))


def empty(value: Value, at: Keys = ()) -> Iterator[Breach]:
    """A breach for each null in `value`: varve omits empty values."""
    if not _contains_null(value):
        return
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        if each is None:
            yield Breach("the value is empty, but varve would omit it", (*at, key))
        elif isinstance(each, dict | list):
            yield from empty(each, (*at, key))


def _contains_null(value: Value) -> bool:
    """Whether `value` contains null anywhere; checked first, since it builds no keys."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            if each is None:
                return True
            if each.__class__ is dict or each.__class__ is list:
                waiting.append(each)
    return False


# The three functions below need a value that `misshapen` has checked.


def maps(value: Map, key: str) -> list[Map]:
    """The maps of the list under `key`, in a value of the right shape."""
    return [each or {} for each in value.get(key) or ()]  # type: ignore[union-attr,misc]


def listed(value: Map, key: str) -> list[Value]:
    """The items of the list under `key`, in a value of the right shape."""
    return value.get(key) or []  # type: ignore[return-value]


def under(value: Map, key: str) -> Map:
    """The map under `key`, in a value of the right shape."""
    return value.get(key) or {}  # type: ignore[return-value]
