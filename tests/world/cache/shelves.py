"""A shelf in memory, and what may be wrong with one."""

from dataclasses import dataclass, field

from varve.world.cache import shelf
from varve.world.cache.shelf import Content, Item, held


@dataclass
class Memory:
    """A shelf that keeps what is put there, and raises `refuses` instead, where that is said."""

    segments: dict[str, bytes] = field(default_factory=dict)
    refuses: OSError | None = None

    def prepare(self) -> None:
        """Nothing has to be there for it."""

    def items(self) -> list[Item]:
        """What stands there."""
        self._ask()
        return shelf.newest([Item(name, len(data)) for name, data in self.segments.items()])

    def open(self, item: Item) -> Content | None:
        """What a segment holds."""
        self._ask()
        return held(self.segments[item.name]) if item.name in self.segments else None

    def put(self, name: str, data: bytes) -> None:
        """Let it stand there."""
        self._ask()
        self.segments[name] = data

    def drop(self, name: str) -> None:
        """Take it away."""
        self._ask()
        self.segments.pop(name, None)

    def _ask(self) -> None:
        if self.refuses:
            raise self.refuses
