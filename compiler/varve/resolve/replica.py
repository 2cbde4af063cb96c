"""Servers that do the same work: by which label each of them is known, and where it is taken off again."""

from typing import TYPE_CHECKING, Final, NamedTuple, cast

from varve.language.version import Version
from varve.resolve.platform import prometheus_features, prometheus_version, strict

if TYPE_CHECKING:
    from varve.model.source import Map
    from varve.model.unit import Environment

EXPANDING: Final = "expand-external-labels"
"""The feature flag with which an older Prometheus fills environment variables into external labels."""

_ALWAYS_SINCE: Final = Version(3, 0)


class Replica(NamedTuple):
    """A label that every one of the servers has, and the environment variable in which each finds its own value."""

    label: str
    variable: str

    @property
    def value(self) -> str:
        """What the configuration of all of them says."""
        return f"${{{self.variable}}}"

    @property
    def dropping(self) -> "Map":
        """The step of relabelling that takes the label off, and nothing else."""
        return {"action": "labeldrop", "regex": self.label}


def replica(environment: "Environment") -> Replica | None:
    """What tells the replicas of each Prometheus apart; None where the platform says nothing of any."""
    said = cast("dict[str, str] | None", environment.platform.get("replica"))
    return Replica(said["label"], said["variable"]) if said else None


def telling(environment: "Environment") -> tuple[str, ...]:
    """The names of the stores that are told which replica sends."""
    said = cast("dict[str, Map]", environment.platform.get("remote_write") or {})
    return tuple(name for name, each in said.items() if each.get("replica", True))


def expands(environment: "Environment") -> bool:
    """Whether the environment's Prometheus takes a `$` in an external label for the name of a variable."""
    return prometheus_version(environment) >= _ALWAYS_SINCE or EXPANDING in prometheus_features(environment)


def external_labels(environment: "Environment", tenant: str | None = None) -> dict[str, str]:
    """What the shared Prometheus says of itself, or a strict `tenant`'s own; each of their replicas says it alike."""
    said = cast("dict[str, str]", environment.platform.get("external_labels") or {})
    own = strict(environment, tenant).get("external_labels") if tenant else None
    return {**said, **cast("dict[str, str]", own)} if own else said
