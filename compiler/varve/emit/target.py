"""The targets: systems that a unit is written for."""

from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from varve.emit import alertmanager, grafana, prometheus, slack
from varve.emit.kit import Task
from varve.model.artifact import Artifact


class Target(Protocol):
    """A module that turns a unit into the artifacts of one system; what troubles it is reported."""

    def emit(self, task: Task) -> Iterator[Artifact]:
        """The artifacts of one unit."""


TARGETS: Final[Mapping[str, tuple[Target, ...]]] = {
    "prometheus": (prometheus,),
    "alertmanager": (alertmanager, slack),
    "grafana": (grafana,),
}
"""What is emitted for each target, by its name under `platform.targets`."""
