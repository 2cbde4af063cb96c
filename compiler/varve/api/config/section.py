"""Read-only views of configuration, which threads can share."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from varve.model.source import Keys, Map, Value

Frozen: TypeAlias = "Section | tuple[Frozen, ...] | str | int | float | bool | None"
"""What a reader gets: a section for a map, a tuple for a list, and scalars as they are."""


class Section(Mapping[str, Frozen]):
    """A read-only map of configuration. Nothing is copied: values are wrapped when they are read."""

    __slots__ = ("_value",)

    def __init__(self, value: Map) -> None:
        self._value = value

    def __getitem__(self, key: str) -> Frozen:
        return frozen(self._value[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._value)

    def __len__(self) -> int:
        return len(self._value)

    def __contains__(self, key: object) -> bool:
        return key in self._value

    def __eq__(self, other: object) -> bool:
        return self._value == other._value if isinstance(other, Section) else super().__eq__(other)

    __hash__ = None  # type: ignore[assignment] # mappings are not hashable

    def __repr__(self) -> str:
        return f"Section({self._value!r})"


def frozen(value: Value) -> Frozen:
    """A value as readers get it."""
    match value:
        case dict():
            return Section(value)
        case list():
            return tuple(map(frozen, value))
    return value


def thawed(value: Value) -> Value:
    """A copy of a value, which the caller may change."""
    match value:
        case dict():
            return {key: thawed(each) for key, each in value.items()}
        case list():
            return [thawed(each) for each in value]
    return value


def at(value: Value, keys: Keys) -> Value:
    """The value at `keys`; raises `KeyError` if there is none."""
    for key in keys:
        match value, key:
            case dict(), str() if key in value:
                value = value[key]
            case list(), int() if key < len(value):
                value = value[key]
            case _:
                raise KeyError(key)
    return value
