"""Cache keys for work on a value: by its identity, or by its content."""

import marshal
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from varve.model.source import Map

T = TypeVar("T")

_MARSHAL_VERSION: Final = 2  # the last without references to shared objects, so that equal values have equal bytes


class IdentityKey(Generic[T]):
    """A key by identity, for a value that nobody changes; it keeps the value alive, so that its id is not reused."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value: Final = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdentityKey) and self.value is other.value


@dataclass(frozen=True, slots=True)
class ContentKey:
    """A key by content: equal for maps with equal keys and values of the same types, in the same order."""

    data: bytes
    value: Map = field(compare=False)


def content_key(value: Map) -> ContentKey:
    """The key of `value` by its content; raises `ValueError` if it contains anything but plain data."""
    return ContentKey(marshal.dumps(value, _MARSHAL_VERSION), value)
