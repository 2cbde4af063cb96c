"""What targets emit with."""

from collections.abc import Mapping
from typing import NamedTuple

from varve.emit.template.engine import Engine
from varve.model.diagnostic import Report
from varve.model.pack import Pack
from varve.model.unit import Environment, Resolved


class Kit(NamedTuple):
    """The templates, and the packs that some of them make up."""

    engine: Engine
    packs: Mapping[str, Pack]


class Task(NamedTuple):
    """One unit to be emitted into one environment, with what is needed for it and where to report."""

    unit: Resolved
    environment: Environment
    kit: Kit
    report: Report

    @property
    def folder(self) -> str:
        """The folder of the unit's artifacts."""
        return f"build/{self.unit.unit.environment}/tenants/{self.unit.unit.tenant}"
