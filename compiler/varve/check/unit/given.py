"""Whether a configuration that a program submits belongs to the tenant and frameworks that it is submitted for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from varve.model.diagnostic import Report, Rule
from varve.model.unit import Resolved
from varve.resolve.reporting import ValueReporter

if TYPE_CHECKING:
    from varve.model.source import Map

OTHER_UNIT = Rule(
    "check/other-unit",
    "Configuration belongs to another tenant or environment",
    "A configuration that a program submits for one unit states that it belongs to another. It may omit `tenant.id` "
    "and `environment`; if it sets them, they must be those of the unit. Judge it for the unit it states, or submit "
    "the right one.",
)
NOT_COMPLIANT = Rule(
    "check/not-compliant",
    "Tenant is not held to a requested framework",
    "Whoever judges a configuration names the frameworks that the tenant must be held to, and `tenant.compliance` "
    "does not list this one. Add it there, unless the platform has locked the list, or do not request it.",
)


def check(unit: Resolved, frameworks: Sequence[str], report: Report) -> None:
    """Report each of `frameworks` that the unit's tenant is not held to."""
    listed = cast("list[str]", cast("Map", unit.value["tenant"]).get("compliance", []))
    for each in dict.fromkeys(frameworks):
        if each not in listed:
            message = f"`{unit.unit.tenant}` is not held to `{each}`"
            hint = f"add `{each}` to `tenant.compliance`"
            ValueReporter(unit.stack, report).at(("tenant", "compliance"), NOT_COMPLIANT, message, hint=hint)


def check_unit(unit: Resolved, report: Report) -> bool:
    """Whether the tenant and the environment in a value, if it sets them, are those of its unit."""
    tenant = unit.value.get("tenant")
    tenant_id = tenant.get("id") if isinstance(tenant, dict) else None
    claims = (
        (("tenant", "id"), tenant_id, unit.unit.tenant),
        (("environment",), unit.value.get("environment"), unit.unit.environment),
    )
    before = len(report)
    for keys, stated, expected in claims:
        if isinstance(stated, str) and stated != expected:
            message = f"this belongs to `{stated}` but should belong to `{expected}`"
            ValueReporter(unit.stack, report).at(keys, OTHER_UNIT, message, hint=f"write `{expected}`, or leave it out")
    return len(report) == before
