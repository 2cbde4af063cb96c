"""The heartbeat's rule: an alert that always fires and is no tenant's, in one file for all Prometheus servers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from varve.language import canonical
from varve.link.linking import Linking
from varve.model.artifact import Artifact
from varve.resolve import notify
from varve.resolve.heartbeat import ALERT, FILE, RECEIVER, heartbeat

if TYPE_CHECKING:
    from varve.model.source import Map

_TEMPLATE: Final = "templates/prometheus/heartbeat.yaml.j2"


def link(linking: Linking) -> Iterator[Artifact]:
    """The rule file, if the platform sets a heartbeat; only the annotations come from a template."""
    if heartbeat(linking.environment) is None:
        return
    locale = notify.platform_locale(linking.environment.platform)
    annotations = linking.render(_TEMPLATE, {"environment": linking.environment.name}, locale)
    rule: Map = {"alert": ALERT, "expr": "vector(1)", "labels": {"severity": "none"}, "annotations": annotations}
    value: Map = {"groups": [{"name": RECEIVER, "rules": [rule]}]}
    yield Artifact(f"{linking.folder}/{FILE}", canonical.yaml(value, linking.header))
