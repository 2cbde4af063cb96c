"""Whether the parameters that a service gives its packs fit the packs' schemas."""

from collections.abc import Mapping
from typing import cast

from varve.check.shape import definition, schema
from varve.check.shape.locate import in_stack
from varve.model.diagnostic import Place, Report, Rule
from varve.model.pack import Pack
from varve.model.source import Document, Map
from varve.model.unit import Resolved

BAD_PACK_SCHEMA = Rule(
    "check/bad-pack-schema",
    "Pack parameters are not a valid JSON Schema",
    "`parameters` in a `pack.yaml` is a self-contained JSON Schema (draft 2020-12): it refers neither to anything "
    "outside nor to itself, and uses only keywords and formats that varve supports. Each `default` fits its own "
    "parameter. What is filled in or changed for the templates is set on a parameter itself, not on something inside "
    "it: a `default`, and the formats `promql`, `promql-selector` and `go-template`.",
)


def check_schema(document: Document, report: Report) -> bool:
    """Whether the parameters of a `pack.yaml` are a valid JSON Schema."""
    parameters = cast("Map", cast("Map", document.value)["parameters"])
    flaw = definition.flaw(parameters) or definition.misplaced(parameters)
    if flaw is not None:
        report.add(
            BAD_PACK_SCHEMA,
            f"the parameters of this pack are not a valid JSON Schema: {flaw.reason}",
            Place(document.path, ("parameters", *flaw.keys), flaw.on),
            hint="correct the schema",
        )
    return flaw is None


def check(unit: Resolved, packs: Mapping[str, Pack], report: Report) -> None:
    """Report every parameter of a pack that is missing, unknown or does not fit the schema in its `pack.yaml`."""
    for service, value in cast("dict[str, dict[str, dict[str, Map]]]", unit.value["services"]).items():
        for name, parameters in value.get("packs", {}).items():
            if name in packs:
                where = ("services", service, "packs", name)
                schema.check_parameters(packs[name].parameters, parameters, in_stack(unit.stack, where), where, report)
