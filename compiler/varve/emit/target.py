"""The targets: systems that a unit is written for."""

from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from varve.emit import prometheus
from varve.emit.kit import Task
from varve.model.artifact import Artifact


class Target(Protocol):
    """A module that turns a unit into the artifacts of one system; what troubles it is reported."""

    def emit(self, task: Task) -> Iterator[Artifact]:
        """The artifacts of one unit."""


TARGETS: Final[Mapping[str, Target]] = {"prometheus": prometheus}
"""Every target by its name under `platform.targets`."""
