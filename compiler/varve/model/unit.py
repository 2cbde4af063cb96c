"""Units, environments, and their resolved values."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from varve.model.source import Document, Map

if TYPE_CHECKING:
    from varve.model.layer import Stack


class Unit(NamedTuple):
    """One tenant in one environment, which is what is compiled."""

    tenant: str
    environment: str


class Resolved(NamedTuple):
    """The merged value of a unit's layers, and the stack from which it was merged.

    `vendor` is the tenant's own Prometheus rule files, unchanged, and `dashboards` its Grafana dashboards, by name.
    """

    unit: Unit
    value: Map
    stack: "Stack"
    vendor: Mapping[str, Document]
    dashboards: Mapping[str, Document] = {}


class Environment(NamedTuple):
    """An environment's own settings: its `platform` map, and the stack from which it was merged."""

    name: str
    platform: Map
    stack: "Stack"


class Selection(NamedTuple):
    """Which units to compile: one environment or all of them, one tenant or all of them."""

    environment: str | None = None
    tenant: str | None = None
