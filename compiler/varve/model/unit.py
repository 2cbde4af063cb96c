"""Units, environments, and what they resolve to."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from varve.model.source import Document, Map

if TYPE_CHECKING:
    from varve.model.layer import Stack


class Unit(NamedTuple):
    """One tenant in one environment, the thing that is compiled."""

    tenant: str
    environment: str


class Resolved(NamedTuple):
    """The one answer that a unit's layers give, with the stack that gave it.

    `vendor` holds the tenant's Prometheus rule files as they are, `dashboards` its Grafana dashboards, by name.
    """

    unit: Unit
    value: Map
    stack: "Stack"
    vendor: Mapping[str, Document]
    dashboards: Mapping[str, Document] = {}


class Environment(NamedTuple):
    """An environment's own settings: its `platform` map, with the stack that gave it."""

    name: str
    platform: Map
    stack: "Stack"


class Selection(NamedTuple):
    """Which units to compile: one environment or all of them, one tenant or all of them."""

    environment: str | None = None
    tenant: str | None = None
