"""Which expressions of a unit and its vendors cannot be kept to the tenant: said once, where the source says them."""

from typing import cast

from varve.emit.kit import Task
from varve.emit.pack import queries
from varve.emit.prometheus.gate import expressions
from varve.emit.scope import kept, say_foreign
from varve.language.fault import Fault
from varve.model.diagnostic import Place
from varve.model.source import Document, Map
from varve.resolve.history import origin


def check(task: Task) -> None:
    """Report every expression of the unit, of its packs' parameters and of its vendors that reads another's series."""
    for keys, expr in (*expressions(task.unit.value), *queries(task)):
        wrong = kept(expr, task.unit.unit.tenant)
        if isinstance(wrong, Fault):
            place, _ = origin(task.unit.stack, keys)
            say_foreign(wrong, place, task.report)
    for document in task.unit.vendor.values():
        _check_vendor(task, document)


def _check_vendor(task: Task, document: Document) -> None:
    for index, group in enumerate(cast("list[Map]", (document.value or {})["groups"])):
        for number, rule in enumerate(cast("list[Map]", group["rules"])):
            wrong = kept(str(rule["expr"]), task.unit.unit.tenant)
            if isinstance(wrong, Fault):
                keys = ("groups", index, "rules", number, "expr")
                say_foreign(wrong, Place(document.path, keys), task.report)
