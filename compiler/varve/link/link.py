"""The modules that link each target: from the tenants' artifacts to those of an environment."""

from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from varve.link import alertmanager, grafana, prometheus
from varve.link.linking import Linking
from varve.model.artifact import Artifact


class Link(Protocol):
    """A module that links the tenants' artifacts for one target; mistakes go to `linking.report`."""

    def link(self, linking: Linking) -> Iterator[Artifact]:
        """The linked artifacts of one environment."""


LINKS: Final[Mapping[str, Link]] = {
    "prometheus": prometheus,
    "alertmanager": alertmanager,
    "grafana": grafana,
}
"""The module that links each target, by the target's name under `platform.targets`."""
