"""Judging a tenant's configuration that a program holds, as far as that is possible without a repository."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from varve.api.findings import Findings, by_path, gather
from varve.api.given.plain import folder, given
from varve.check.notify import alertmanager
from varve.check.shape import schema
from varve.check.shape.locate import in_stack
from varve.check.unit import given as handed
from varve.check.unit import objective, reference
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map
from varve.model.unit import Resolved, Unit
from varve.resolve import facts

_FILE: Final = "data.json"
_CHECKS: Final[tuple[Callable[[Resolved, Report], None], ...]] = (
    alertmanager.check_unit,
    objective.check,
    reference.check_users,
)
"""The checks that need nothing but the unit."""


@dataclass(frozen=True, slots=True)
class TenantConfigValidator:
    """Judges the configuration of one unit, which must be held to each of the `compliance_standards`.

    These are ids of frameworks, such as `soc2`.
    """

    tenant_id: str
    environment: str
    compliance_standards: Sequence[str] = ()

    def validate(self, data: Map) -> Findings:
        """The findings about a resolved unit; `data` is a dict of plain data, whose schema `varve schema unit` prints.

        `environment` and `tenant.id` may be left out. The data is judged by the schema of a unit, its formats, and the
        checks that need only the unit; packs, secrets and the platform's settings are known only to a repository. The
        places of the findings are paths in the data, such as `services.checkout.alerts.QueueStuck.severity`.

        Raises `TypeError` or `ValueError` if `data` is not plain data: dicts, lists, texts, numbers, booleans and None.
        """
        report = Report()
        handed_over = given(data, _FILE, report)
        if handed_over.value is not None:
            self._check(handed_over.value, report)
        return by_path(gather(report, folder(handed_over.source)), _FILE)

    def _check(self, value: Map, report: Report) -> None:
        unit = Unit(self.tenant_id, self.environment)
        stack = Stack((Layer("data", 0, "tenant", _FILE, value),))
        if not handed.check_unit(Resolved(unit, value, stack, {}), report):
            return
        whole = facts.completed(value, unit)
        if schema.check("unit", whole, in_stack(stack), report):
            resolved = Resolved(unit, whole, stack, {})
            for check in _CHECKS:
                check(resolved, report)
            handed.check(resolved, self.compliance_standards, report)
