"""Expressions of a unit and its vendors that cannot be scoped to the tenant, reported once, in their source."""

from typing import cast

from varve.emit.kit import Task
from varve.emit.pack import queries
from varve.emit.prometheus.gate import expressions
from varve.emit.scope import report_foreign, scoped_or_fault
from varve.language.fault import Fault
from varve.model.diagnostic import Place
from varve.model.source import Document, Map
from varve.resolve.history import origin


def check(task: Task) -> None:
    """Report every expression of the unit, its packs' parameters and its vendors that reads other tenants' series."""
    for keys, expr in (*expressions(task.unit.value), *queries(task)):
        wrong = scoped_or_fault(expr, task.unit.unit.tenant)
        if isinstance(wrong, Fault):
            place, _ = origin(task.unit.stack, keys)
            report_foreign(wrong, place, task.report)
    for document in task.unit.vendor.values():
        _check_vendor(task, document)


def _check_vendor(task: Task, document: Document) -> None:
    for index, group in enumerate(cast("list[Map]", (document.value or {})["groups"])):
        for number, rule in enumerate(cast("list[Map]", group["rules"])):
            wrong = scoped_or_fault(str(rule["expr"]), task.unit.unit.tenant)
            if isinstance(wrong, Fault):
                keys = ("groups", index, "rules", number, "expr")
                report_foreign(wrong, Place(document.path, keys), task.report)
