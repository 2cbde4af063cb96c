"""Replicas of a Prometheus: the label that distinguishes them, and where it is dropped again."""

from typing import TYPE_CHECKING, Final, NamedTuple, cast

from varve.language.version import Version
from varve.resolve.platform import prometheus_features, prometheus_version, strict

if TYPE_CHECKING:
    from varve.model.source import Map
    from varve.model.unit import Environment

EXPANSION_FLAG: Final = "expand-external-labels"
"""The feature flag with which a Prometheus before 3.0 expands environment variables in external labels."""

_EXPANDS_SINCE: Final = Version(3, 0)


class Replica(NamedTuple):
    """The label that distinguishes the replicas, and the environment variable from which each takes its value."""

    label: str
    variable: str

    @property
    def value(self) -> str:
        """The label's value in the configuration, which is the same for all replicas."""
        return f"${{{self.variable}}}"

    @property
    def labeldrop(self) -> "Map":
        """The relabelling step that drops this label."""
        return {"action": "labeldrop", "regex": self.label}


def replica(environment: "Environment") -> Replica | None:
    """The replica label of each Prometheus; None if the platform sets none."""
    settings = cast("dict[str, str] | None", environment.platform.get("replica"))
    return Replica(settings["label"], settings["variable"]) if settings else None


def stores_with_replica(environment: "Environment") -> tuple[str, ...]:
    """The names of the remote writes whose series keep the replica label."""
    writes = cast("dict[str, Map]", environment.platform.get("remote_write") or {})
    return tuple(name for name, each in writes.items() if each.get("replica", True))


def expands(environment: "Environment") -> bool:
    """Whether the environment's Prometheus expands a `$` in an external label as a variable."""
    return prometheus_version(environment) >= _EXPANDS_SINCE or EXPANSION_FLAG in prometheus_features(environment)


def external_labels(environment: "Environment", tenant: str | None = None) -> dict[str, str]:
    """The external labels of the shared Prometheus, or of a strict `tenant`'s own, the same for all replicas.

    A label without text is left out: Prometheus does not send it, so it would tell no server from another.
    """
    shared = cast("dict[str, str]", environment.platform.get("external_labels") or {})
    own = cast("dict[str, str]", strict(environment, tenant).get("external_labels") or {}) if tenant else {}
    return {label: text for label, text in {**shared, **own}.items() if text}
