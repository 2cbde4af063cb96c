"""What the subjects of a unit are made of: what it resolved to, where, and what was made of it."""

from collections.abc import Callable
from typing import NamedTuple

from varve.model.artifact import Artifact
from varve.model.source import Value
from varve.model.unit import Environment, Resolved


class Material(NamedTuple):
    """A unit that is sound so far, in its environment, with its artifacts.

    `read` gives what an artifact says, by its path, and parses it only when it is first asked for.
    """

    unit: Resolved
    environment: Environment
    artifacts: tuple[Artifact, ...]
    read: Callable[[str], Value]

    def inside(self, path: str) -> str:
        """The path of an artifact from the folder of its unit."""
        return path.split("/", 4)[4]
