"""Something that equals itself alone, by which a memory knows again what it is given again."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Same(Generic[T]):
    """A value known by its identity: while a memory holds it, no other can take its place."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value
