"""The targets: systems that a unit is written for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from varve.emit import alertmanager, prometheus, slack
from varve.emit.kit import Task
from varve.model.artifact import Artifact

Emit: TypeAlias = Callable[[Task], Iterator[Artifact]]
"""Gives the artifacts of one unit for one system; what troubles it is reported."""


def _dashboards(task: Task) -> Iterator[Artifact]:
    # Only who shows dashboards waits for what draws them.
    from varve.emit import grafana

    return grafana.emit(task)


TARGETS: Final[Mapping[str, tuple[Emit, ...]]] = {
    "prometheus": (prometheus.emit,),
    "alertmanager": (alertmanager.emit, slack.emit),
    "grafana": (_dashboards,),
}
"""What is emitted for each target, by its name under `platform.targets`."""
