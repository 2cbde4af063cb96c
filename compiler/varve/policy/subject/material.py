"""What the subjects of a unit are made from: its resolved value, its environment and its artifacts."""

from collections.abc import Callable
from typing import NamedTuple

from varve.model.artifact import Artifact
from varve.model.source import Value
from varve.model.unit import Environment, Resolved


class Material(NamedTuple):
    """A unit without errors so far, its environment and its artifacts.

    `read` returns the parsed artifact at a path, and parses it on the first call.
    """

    unit: Resolved
    environment: Environment
    artifacts: tuple[Artifact, ...]
    read: Callable[[str], Value]

    def inside(self, path: str) -> str:
        """The path of an artifact from the folder of its unit."""
        return path.split("/", 4)[4]
