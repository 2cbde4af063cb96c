"""A shelf in memory, with optional faults."""

from dataclasses import dataclass, field

from varve.world.cache import shelf
from varve.world.cache.shelf import Content, Item, in_memory


@dataclass
class Memory:
    """A shelf that stores segments in memory, or raises `refuses` if that is set."""

    segments: dict[str, bytes] = field(default_factory=dict)
    refuses: OSError | None = None

    def prepare(self) -> None:
        """Do nothing."""

    def items(self) -> list[Item]:
        """The segments on the shelf."""
        self._ask()
        return shelf.newest([Item(name, len(data)) for name, data in self.segments.items()])

    def open(self, item: Item) -> Content | None:
        """The content of a segment."""
        self._ask()
        return in_memory(self.segments[item.name]) if item.name in self.segments else None

    def put(self, name: str, data: bytes) -> None:
        """Store a segment."""
        self._ask()
        self.segments[name] = data

    def drop(self, name: str) -> None:
        """Remove a segment."""
        self._ask()
        self.segments.pop(name, None)

    def _ask(self) -> None:
        if self.refuses:
            raise self.refuses
