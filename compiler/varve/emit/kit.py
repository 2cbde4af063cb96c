"""What targets emit with."""

from collections.abc import Mapping
from typing import NamedTuple

from varve.emit.once import Once
from varve.emit.template.engine import Engine
from varve.emit.template.field import FieldTree
from varve.emit.template.given import Given
from varve.model.diagnostic import Report
from varve.model.pack import Pack
from varve.model.source import Keys, Value
from varve.model.unit import Environment, Resolved
from varve.resolve.history import origin


class Kit(NamedTuple):
    """The templates, the packs that some of them make up, and the texts of the others by language and msgid.

    In `once` is what was made with them for the tenant at hand.
    """

    engine: Engine
    packs: Mapping[str, Pack]
    messages: Mapping[str, Mapping[str, str]]
    once: Once


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

    def render(self, template: str, context: Mapping[str, Given], fields: FieldTree, asked: Keys) -> Value:
        """What a template makes of `context`, or None after saying why not, and where the unit asked for it: `asked`.

        Only where something was said is it worth the time to find that place.
        """
        said = Report()
        value = self.kit.engine.render(template, context, fields, said)
        if len(said):
            place, _ = origin(self.unit.stack, asked)
            self.kit.engine.render(template, context, fields, self.report, place)
        return value
