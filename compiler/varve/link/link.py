"""What is linked of each target: from the tenants' artifacts to those of an environment."""

from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from varve.link import alertmanager, grafana, prometheus
from varve.link.linking import Linking
from varve.model.artifact import Artifact


class Link(Protocol):
    """A module that joins what tenants bring for one system; what troubles it is reported."""

    def link(self, linking: Linking) -> Iterator[Artifact]:
        """The artifacts of one environment."""


LINKS: Final[Mapping[str, Link]] = {
    "prometheus": prometheus,
    "alertmanager": alertmanager,
    "grafana": grafana,
}
"""What links a target, by its name under `platform.targets`."""
