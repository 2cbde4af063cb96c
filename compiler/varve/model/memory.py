"""The cached verdicts of earlier compiles, each with a key: a digest of everything that it depends on."""

from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol


class Remembered(NamedTuple):
    """One cached verdict: paths, ids, diagnostics and counts as JSON, never the content of a file.

    `name` identifies its subject, such as `unit acme/production`. `key` is the SHA-256, in 64 hexadecimal digits, of
    everything that it depends on, and `questions` is what to ask of a snapshot to compute the key again. `body` is at
    most 4 MiB.
    """

    name: str
    key: str
    questions: tuple[str, ...]
    body: bytes


class Memory(Protocol):
    """A cache of verdicts of earlier compiles."""

    def recall(self, name: str) -> Iterator[Remembered]:
        """The verdicts with this name, newest first; damaged ones are skipped, and no exception is ever raised."""

    def recall_young(self, name: str) -> Iterator[Remembered]:
        """The verdicts with this name that are too recent to need a renewal, newest first."""


class _NoMemory:
    """A cache that is always empty."""

    def recall(self, name: str) -> Iterator[Remembered]:  # noqa: ARG002 - no name is cached
        return iter(())

    recall_young = recall


NO_MEMORY: Final[Memory] = _NoMemory()
"""For a compile without a cache."""
