"""Generating configuration from a template: values are bound, and the result is judged by a JSON Schema."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from varve.api.findings import Findings, Result, by_path, gather
from varve.api.given.plain import folder, given, source
from varve.check.shape import definition, schema
from varve.emit.template.engine import Engine
from varve.language import canonical
from varve.model.diagnostic import Place, Report
from varve.model.source import Map, Value

_TEMPLATE: Final = "templates/template.yaml.j2"
_VARIABLES: Final = "variables.json"
_RESULT: Final = "result.yaml"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Generated(Result):
    """The result of a template: a dict, a list or a scalar, or None if the template or the result is broken."""

    findings: Findings
    value: Value = None

    @property
    def yaml(self) -> str:
        """The value as canonical YAML; empty if there is none."""
        return "" if self.value is None else canonical.yaml(self.value).decode()

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """The findings, and below them the YAML."""
        return self.findings.text(colour=colour, width=width) + self.yaml


@dataclass(frozen=True, slots=True)
class ConfigGenerator:
    """A Jinja2 template that renders YAML, the variables that it uses, and the JSON Schema of its result.

    Values are bound to the structure of the template and never pasted into its text, so none of them can change the
    meaning of the rest. `variables` maps names to plain data: dicts, lists, texts, numbers, booleans and None. The
    schema is of draft 2020-12, self-contained, and uses only formats that varve knows; it may be `{}`.
    """

    template: str
    variables: Mapping[str, Value] = field(default_factory=dict)
    validation_schema: Map = field(default_factory=dict)

    def generate(self) -> Generated:
        """Render the template and judge the result; a mistake is reported at the template's line or the value's path.

        Raises `ValueError` if the schema cannot be used, and `TypeError` or `ValueError` if the variables are not plain
        data.
        """
        wanted = _schema(self.validation_schema)
        report, template = Report(), source(_TEMPLATE, self.template.encode())
        variables = given(dict(self.variables), _VARIABLES, report)
        value = None
        if variables.value is not None:
            engine = Engine({_TEMPLATE: self.template})
            value = engine.render(_TEMPLATE, variables.value, {}, report)
        files = folder(template, variables.source)
        if value is None:
            return Generated(by_path(gather(report, files), _VARIABLES))
        return _judged(value, wanted, report)


def _judged(value: Value, wanted: Map, report: Report) -> Generated:
    written = source(_RESULT, canonical.yaml(value))
    sound = schema.check_parameters(wanted, value, lambda keys, on: (Place(_RESULT, keys, on), ()), (), report)
    return Generated(by_path(gather(report, folder(written)), _RESULT), value if sound else None)


def _schema(validation_schema: Map) -> Map:
    """A schema without its id and its dialect, which make no difference."""
    wanted = {
        key: each for key, each in validation_schema.items() if (key, each) != ("$schema", _DIALECT) and key != "$id"
    }
    flaw = definition.flaw({"properties": {}, **wanted})
    if flaw is not None:
        raise ValueError(f"this is not a JSON Schema that can be used: {flaw.reason}")
    return wanted
