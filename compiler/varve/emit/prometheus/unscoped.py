"""Expressions of a unit and its vendors that cannot be scoped to the tenant, reported once, in their source."""

from varve.emit.kit import Task
from varve.emit.pack import queries
from varve.emit.prometheus.gate import expressions
from varve.emit.scope import report_foreign, scoped_or_fault
from varve.language.fault import Fault
from varve.resolve import vendor
from varve.resolve.history import origin


def check(task: Task) -> None:
    """Report every expression of the unit, its packs' parameters and its vendors that reads other tenants' series."""
    for keys, expr in (*expressions(task.unit.value), *queries(task)):
        wrong = scoped_or_fault(expr, task.unit.unit.tenant)
        if isinstance(wrong, Fault):
            place, _ = origin(task.unit.stack, keys)
            report_foreign(wrong, place, task.report)
    for place, expr in vendor.expressions(task.unit):
        wrong = scoped_or_fault(expr, task.unit.unit.tenant)
        if isinstance(wrong, Fault):
            report_foreign(wrong, place, task.report)
