"""The targets: the systems that varve writes for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from varve.emit import alertmanager, prometheus, slack
from varve.emit.kit import Task
from varve.model.artifact import Artifact

Emit: TypeAlias = Callable[[Task], Iterator[Artifact]]
"""Yields the artifacts of one unit for one system, and reports its mistakes."""


def _dashboards(task: Task) -> Iterator[Artifact]:
    # Imported on first use, so that environments without Grafana need not load it.
    from varve.emit import grafana

    return grafana.emit(task)


TARGETS: Final[Mapping[str, tuple[Emit, ...]]] = {
    "prometheus": (prometheus.emit,),
    "alertmanager": (alertmanager.emit, slack.emit),
    "grafana": (_dashboards,),
}
"""The emitters of each target, by its name under `platform.targets`."""
