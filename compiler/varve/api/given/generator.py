"""For programs that make configuration of a template: values are bound, the result is judged by a JSON Schema."""

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
    """What a template gave: a plain map or list, or None where anything is wrong."""

    findings: Findings
    value: Value = None

    @property
    def yaml(self) -> str:
        """The value as canonical YAML; empty where there is none."""
        return "" if self.value is None else canonical.yaml(self.value).decode()

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """What was found, and below it the YAML."""
        return self.findings.text(colour=colour, width=width) + self.yaml


@dataclass(frozen=True, slots=True)
class ConfigGenerator:
    """A Jinja2 template of YAML, the variables that it reads, and the JSON Schema of what it has to give.

    Values are bound to the structure of the template and never pasted into its text, so none of them can change what
    the rest means. The schema is of draft 2020-12, stands by itself and names formats that varve knows. It may be `{}`.
    """

    template: str
    variables: Mapping[str, Value] = field(default_factory=dict)
    validation_schema: Map = field(default_factory=dict)

    def generate(self) -> Generated:
        """Render the template and judge the result; mistakes stand at the template's line or at the value's path.

        `ValueError` where the schema is none that can be used, `TypeError` or `ValueError` where the variables are no
        plain data.
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


def _schema(said: Map) -> Map:
    """A schema without its name and its dialect, which are those of any other."""
    wanted = {key: each for key, each in said.items() if (key, each) != ("$schema", _DIALECT) and key != "$id"}
    flaw = definition.flaw({"properties": {}, **wanted})
    if flaw is not None:
        raise ValueError(f"this is not a JSON Schema that can be used: {flaw.reason}")
    return wanted
