"""What a compile remembers of earlier ones: verdicts, each with the key of everything that it depends on."""

from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol


class Remembered(NamedTuple):
    """One verdict: paths, ids, diagnostics and counts as JSON, and never what a file holds.

    `name` says what it is about, such as `unit acme/production`. `key` is the SHA-256, in 64 hexadecimal digits, of
    everything that it depends on, and `questions` what has to be asked of a snapshot to compute that anew. `body` has
    at most 4 MiB.
    """

    name: str
    key: str
    questions: tuple[str, ...]
    body: bytes


class Memory(Protocol):
    """Where verdicts of earlier compiles are."""

    def recall(self, name: str) -> Iterator[Remembered]:
        """The verdicts of that name, newest first; one that is damaged is not given, and nothing is ever raised."""

    def recall_young(self, name: str) -> Iterator[Remembered]:
        """Those of them that need not be renewed."""


class _Nothing:
    """Remembers nothing."""

    def recall(self, name: str) -> Iterator[Remembered]:  # noqa: ARG002 - whatever it is about
        return iter(())

    recall_young = recall


NOTHING: Final[Memory] = _Nothing()
"""For a compile that begins from zero."""
